package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

const schemaURL = "file:///values.schema.json"

// schemas are the compiled schemas of a chart and its dependencies, by their text; Helm compiles them at each render.
type schemas struct{ compiled map[string]*jsonschema.Schema }

func newSchemas() *schemas { return &schemas{map[string]*jsonschema.Schema{}} }

// validate is util.ValidateAgainstSchema.
func (s *schemas) validate(c *chart.Chart, values common.Values) error {
	var found strings.Builder
	if c.Schema != nil {
		if err := s.validateOne(values, c.Schema); err != nil {
			fmt.Fprintf(&found, "%s:\n%s", c.Name(), err.Error())
		}
	}
	for _, dependency := range c.Dependencies() {
		raw, exists := values[dependency.Name()]
		if !exists || raw == nil {
			continue
		}
		below, ok := raw.(map[string]any)
		if !ok {
			fmt.Fprintf(&found, "%s:\ninvalid type for values: expected object (map), got %T\n", dependency.Name(), raw)
			continue
		}
		if err := s.validate(dependency, below); err != nil {
			found.WriteString(err.Error())
		}
	}
	if found.Len() > 0 {
		return errors.New(found.String())
	}
	return nil
}

// validateOne is util.ValidateAgainstSingleSchema.
func (s *schemas) validateOne(values common.Values, text []byte) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("unable to validate schema: %s", thrown)
		}
	}()
	schema, err := s.compile(text)
	if err != nil {
		return err
	}
	if err := schema.Validate(values.AsMap()); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "jsonschema validation failed with '"+schemaURL+"#'\n") + "\n")
	}
	return nil
}

func (s *schemas) compile(text []byte) (*jsonschema.Schema, error) {
	if schema, ok := s.compiled[string(text)]; ok {
		return schema, nil
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{"file": refused{}, "http": refused{}, "https": refused{}, "urn": permissive{}})
	if err := compiler.AddResource(schemaURL, document); err != nil {
		return nil, err
	}
	schema, err := compiler.Compile(schemaURL)
	if err != nil {
		return nil, err
	}
	s.compiled[string(text)] = schema
	return schema, nil
}

// refused stands where Helm would read the network or this machine's files: what renders must not depend on either.
type refused struct{}

func (refused) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is outside the chart and is not read", url)
}

// permissive is what Helm makes of a URN that nobody resolves.
type permissive struct{}

func (permissive) Load(url string) (any, error) {
	slog.Warn("unresolved URN reference ignored; using permissive schema", "urn", url)
	return true, nil
}
