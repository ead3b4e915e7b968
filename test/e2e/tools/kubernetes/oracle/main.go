// Command oracle says what the API server of Kubernetes says of objects that somebody wants to create, with the API server's
// own packages: strict decoding, defaults, pruning, schemas, names, lists and rules in CEL.
//
// It reads JSON values from standard input, one a line, and answers each in order:
//
//	{"definition": <CustomResourceDefinition>}          {"valid": true}, or why the definition is none
//	{"object": <object>}                                {"valid": …, "errors": [{"stage", "path", "reason", "detail"}]}
//
// Kinds of definitions have to be told before their objects. An object of a kind that it does not know gets {"unknown": true}.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

type request struct {
	Definition json.RawMessage `json:"definition,omitempty"`
	Object     json.RawMessage `json:"object,omitempty"`
}

// finding is one thing that the API server would refuse an object for.
type finding struct {
	// Stage is "decode" for what strict decoding refuses, "schema" for everything else.
	Stage  string `json:"stage"`
	Path   string `json:"path,omitempty"`
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail"`
}

type verdict struct {
	Valid   bool      `json:"valid"`
	Unknown bool      `json:"unknown,omitempty"`
	Errors  []finding `json:"errors,omitempty"`
}

// kind judges objects of one apiVersion and kind.
type kind interface {
	judge(data []byte) []finding
}

func main() {
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriter(out)
	defer writer.Flush()
	encoder := json.NewEncoder(writer)
	known := builtInKinds()
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 1 {
			answer, failed := answerTo(line, known)
			if failed != nil {
				return failed
			}
			if failed := encoder.Encode(answer); failed != nil {
				return failed
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
}

func answerTo(line []byte, known map[string]kind) (verdict, error) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return verdict{}, fmt.Errorf("not a request: %w", err)
	}
	if asked.Definition != nil {
		return define(asked.Definition, known), nil
	}
	var about struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(asked.Object, &about); err != nil {
		return verdict{Errors: []finding{{Stage: "decode", Detail: err.Error()}}}, nil
	}
	judge, found := known[about.APIVersion+"/"+about.Kind]
	if !found {
		return verdict{Unknown: true}, nil
	}
	refused := judge.judge(asked.Object)
	return verdict{Valid: len(refused) == 0, Errors: refused}, nil
}
