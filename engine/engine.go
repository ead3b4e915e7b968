package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
)

// Request is what the program is asked: its version, or to render a chart.
type Request struct {
	Op string `json:"op"` // version, template
	// File is the chart's package, Digest its SHA-256 in hex.
	File        string          `json:"file"`
	Digest      string          `json:"digest"`
	Release     string          `json:"release"`
	Namespace   string          `json:"namespace"`
	Values      json.RawMessage `json:"values"`
	KubeVersion string          `json:"kubeVersion"`
	APIVersions []string        `json:"apiVersions"`
	SkipCRDs    bool            `json:"skipCrds"`
}

// Text is one text of an answer: what a template rendered to, or a file of crds/.
type Text struct {
	Source string `json:"source"`
	Bytes  int    `json:"bytes"`
	IsCRD  bool   `json:"crd,omitempty"`
}

// Failure says in which stage Helm refused, and Helm's own words. Stages: request, load, dependencies, values, kubeVersion,
// render, limit, internal.
type Failure struct {
	Stage   string `json:"stage"`
	Message string `json:"message"`
}

// Answer is the header of an answer; its texts follow it.
type Answer struct {
	Version string   `json:"version,omitempty"`
	Docs    []Text   `json:"docs,omitempty"`
	Impure  []string `json:"impure,omitempty"`
	// Warnings are lines of Helm's log, as its program prints them.
	Warnings []string `json:"warnings,omitempty"`
	Error    *Failure `json:"error,omitempty"`
	texts    []string
}

// Engine holds what is kept between requests.
type Engine struct {
	limits Limits
	charts *charts
}

func newEngine(limits Limits) *Engine {
	return &Engine{limits: limits, charts: newCharts(limits.ChartsMiB * mib)}
}

// failed carries a Failure through Go's errors.
type failed struct{ Failure }

func (f failed) Error() string { return f.Message }

func refuse(stage string, err error) error { return failed{Failure{stage, err.Error()}} }

func (e *Engine) answer(frame []byte) (answer Answer) {
	defer func() {
		if thrown := recover(); thrown != nil {
			answer = Answer{Error: &Failure{"internal", fmt.Sprint(thrown)}}
		}
		answer.Warnings = takeLogs()
	}()
	var request Request
	if err := json.Unmarshal(frame, &request); err != nil {
		return Answer{Error: &Failure{"internal", err.Error()}}
	}
	if request.Op == "version" {
		return Answer{Version: helmVersion()}
	}
	if request.Op != "template" {
		return Answer{Error: &Failure{"internal", "unknown op " + request.Op}}
	}
	answer, err := e.template(request)
	if err == nil {
		return answer
	}
	if refused, ok := err.(failed); ok {
		return Answer{Error: &refused.Failure}
	}
	return Answer{Error: &Failure{"internal", err.Error()}}
}

// helmVersion is the version of Helm's module in this program.
func helmVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "helm.sh/helm/v4" {
			return module.Version
		}
	}
	return ""
}
