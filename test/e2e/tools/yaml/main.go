// Writes down how Kubernetes reads YAML: the facts of test/fixtures/yaml/kubernetes.json, which hold the reader of Slipway.
//
//	go run . ../../../fixtures/yaml/kubernetes.json
//
// Every fact of the file gets its documents anew; a new fact needs its input alone.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"

	"k8s.io/apimachinery/pkg/util/yaml"
	sigs "sigs.k8s.io/yaml"
)

type fact struct {
	Input string `json:"input"`
	// JSON of each document; null for one that cannot be read, and the last of a text that cannot be split.
	Documents []*string `json:"documents"`
}

type facts struct {
	Versions map[string]string `json:"versions"`
	Facts    []fact            `json:"facts"`
}

func read(input string) []*string {
	found := []*string{}
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewBufferString(input)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			return append(found, nil)
		}
		text, err := sigs.YAMLToJSON(document)
		if err != nil {
			found = append(found, nil)
			continue
		}
		json := string(text)
		found = append(found, &json)
	}
}

func main() {
	var file facts
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		panic(err)
	}
	info, _ := debug.ReadBuildInfo()
	file.Versions = map[string]string{}
	for _, module := range info.Deps {
		switch module.Path {
		case "k8s.io/apimachinery", "sigs.k8s.io/yaml", "go.yaml.in/yaml/v2":
			file.Versions[module.Path] = module.Version
		}
	}
	for i := range file.Facts {
		file.Facts[i].Documents = read(file.Facts[i].Input)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(file); err != nil {
		panic(err)
	}
	if err := os.WriteFile(os.Args[1], out.Bytes(), 0o644); err != nil {
		panic(err)
	}
}
