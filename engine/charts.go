package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"helm.sh/helm/v4/pkg/chart/loader"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// loaded is a chart as its package holds it; renders work on copies.
type loaded struct {
	digest  string
	chart   *chart.Chart
	bytes   int
	schemas *schemas
}

// charts keeps charts by digest, the one used last at the end; the first go when they hold too many bytes.
type charts struct {
	kept  []*loaded
	bytes int
	limit int
}

func newCharts(limit int) *charts { return &charts{limit: limit} }

func (c *charts) get(file, digest string) (*loaded, error) {
	for i, entry := range c.kept {
		if entry.digest == digest {
			c.kept = append(append(c.kept[:i:i], c.kept[i+1:]...), entry)
			return entry, nil
		}
	}
	entry, err := load(file, digest)
	if err != nil {
		return nil, err
	}
	c.kept = append(c.kept, entry)
	c.bytes += entry.bytes
	for c.bytes > c.limit && len(c.kept) > 1 {
		c.bytes -= c.kept[0].bytes
		c.kept = c.kept[1:]
	}
	return entry, nil
}

func load(file, digest string) (*loaded, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, refuse("load", err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != digest {
		return nil, refuse("load", fmt.Errorf("%s is not the package that was asked for: its digest is %x", file, sum))
	}
	charter, err := loader.LoadArchive(bytes.NewReader(data))
	if err != nil {
		// Helm's program names the file in some of its words
		if _, named := loader.LoadFile(file); named != nil {
			err = named
		}
		return nil, refuse("load", err)
	}
	loadedChart, ok := charter.(*chart.Chart)
	if !ok {
		return nil, refuse("load", errors.New("invalid chart apiVersion"))
	}
	return &loaded{digest, loadedChart, size(loadedChart), newSchemas()}, nil
}

func size(c *chart.Chart) int {
	sum := len(c.Schema)
	for _, file := range c.Raw {
		sum += len(file.Data)
	}
	for _, dependency := range c.Dependencies() {
		sum += size(dependency)
	}
	return sum
}

// copyChart copies what rendering writes into: metadata, values and the tree of dependencies; files are shared.
func copyChart(from *chart.Chart) *chart.Chart {
	out := *from
	metadata := *from.Metadata
	if metadata.Dependencies != nil {
		metadata.Dependencies = make([]*chart.Dependency, len(from.Metadata.Dependencies))
		for i, dependency := range from.Metadata.Dependencies {
			if dependency != nil {
				one := *dependency
				metadata.Dependencies[i] = &one
			}
		}
	}
	out.Metadata = &metadata
	if from.Values != nil {
		out.Values = copyValue(from.Values).(map[string]any)
	}
	dependencies := make([]*chart.Chart, len(from.Dependencies()))
	for i, dependency := range from.Dependencies() {
		dependencies[i] = copyChart(dependency)
	}
	out.SetDependencies(dependencies...)
	return &out
}

func copyValue(value any) any {
	switch from := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(from))
		for key, member := range from {
			out[key] = copyValue(member)
		}
		return out
	case []any:
		out := make([]any, len(from))
		for i, item := range from {
			out[i] = copyValue(item)
		}
		return out
	default:
		return value
	}
}
