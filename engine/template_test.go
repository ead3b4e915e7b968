package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

type files map[string]string

const chartYAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

// pack writes a package of these files, Chart.yaml added, and returns its path and digest.
func pack(t *testing.T, content files) (file, digest string) {
	t.Helper()
	all := files{"Chart.yaml": chartYAML}
	for name, text := range content {
		all[name] = text
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	writer := tar.NewWriter(zipped)
	for _, name := range names {
		header := &tar.Header{Name: "web/" + name, Mode: 0o644, Size: int64(len(all[name]))}
		if err := writer.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(all[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errorsOf(writer.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(packed.Bytes())
	file = filepath.Join(t.TempDir(), "web.tgz")
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, hex.EncodeToString(sum[:])
}

func errorsOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// render asks for the chart as release `demo` with these values (JSON).
func render(t *testing.T, engine *Engine, content files, values string) Answer {
	t.Helper()
	file, digest := pack(t, content)
	return ask(t, engine, Request{File: file, Digest: digest, Values: json.RawMessage(values)})
}

func ask(t *testing.T, engine *Engine, request Request) Answer {
	t.Helper()
	request.Op = "template"
	if request.Release == "" {
		request.Release = "demo"
	}
	request.Namespace = "apps"
	if request.KubeVersion == "" {
		request.KubeVersion = "1.34.0"
	}
	frame, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return engine.answer(frame)
}

// shown is `source=text` of each text, with a star before those of crds/.
func shown(answer Answer) (lines []string) {
	for i, doc := range answer.Docs {
		mark := ""
		if doc.IsCRD {
			mark = "*"
		}
		if doc.Bytes != len(answer.texts[i]) {
			lines = append(lines, "wrong length of "+doc.Source)
		}
		lines = append(lines, fmt.Sprintf("%s%s=%s", mark, doc.Source, answer.texts[i]))
	}
	return lines
}

func expectTexts(t *testing.T, answer Answer, want ...string) {
	t.Helper()
	if answer.Error != nil {
		t.Fatalf("%+v", *answer.Error)
	}
	if got := shown(answer); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func expectFailure(t *testing.T, answer Answer, stage, message string) {
	t.Helper()
	if answer.Error == nil || answer.Error.Stage != stage || !strings.Contains(answer.Error.Message, message) {
		t.Errorf("%+v, not %s: %s", answer.Error, stage, message)
	}
}

func TestTemplateOrdersTextsAndDropsWhatIsNone(t *testing.T) {
	answer := render(t, testEngine(), files{
		"crds/z.yaml":                 "kind: Z\n",
		"templates/b.yaml":            "b: {{ .Values.b }}",
		"templates/a.yaml":            "a: {{ .Release.Name }}/{{ .Release.Namespace }}",
		"templates/_help.tpl":         `{{ define "x" }}x{{ end }}`,
		"templates/empty.yaml":        "{{ if false }}x{{ end }}\n",
		"templates/NOTES.txt":         "Thanks.",
		"charts/sub/Chart.yaml":       "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
		"charts/sub/templates/s.yaml": "s: 1",
	}, `{"b":7}`)
	expectTexts(t, answer, "*web/crds/z.yaml=kind: Z\n", "web/charts/sub/templates/s.yaml=s: 1",
		"web/templates/a.yaml=a: demo/apps", "web/templates/b.yaml=b: 7")
}

func TestTemplateLeavesDefinitionsOutWhereAsked(t *testing.T) {
	file, digest := pack(t, files{"crds/z.yaml": "kind: Z\n", "templates/a.yaml": "a: 1"})
	answer := ask(t, testEngine(), Request{File: file, Digest: digest, Values: json.RawMessage(`{}`), SkipCRDs: true})
	expectTexts(t, answer, "web/templates/a.yaml=a: 1")
}

func TestTemplateTellsTheCluster(t *testing.T) {
	file, digest := pack(t, files{"templates/a.yaml": `{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "example.com/v1/Thing" }} {{ .Capabilities.APIVersions.Has "other.com/v1" }}`})
	request := Request{File: file, Digest: digest, Values: json.RawMessage(`{}`), APIVersions: []string{"example.com/v1/Thing"}}
	engine := testEngine()
	expectTexts(t, ask(t, engine, request), "web/templates/a.yaml=34 true false")
	// what one request tells is not there for the next one
	request.APIVersions = nil
	expectTexts(t, ask(t, engine, request), "web/templates/a.yaml=34 false false")
}

func TestRenderingTwiceGivesTheSame(t *testing.T) {
	engine := testEngine()
	file, digest := pack(t, files{
		"values.yaml":      "list: [1]\nmap: {a: 1}\n",
		"templates/a.yaml": `{{ $_ := set .Values.map "b" 2 }}{{ .Values.map | toJson }} {{ .Values.list | toJson }}`,
	})
	request := Request{File: file, Digest: digest, Values: json.RawMessage(`{}`)}
	for range 3 {
		expectTexts(t, ask(t, engine, request), `web/templates/a.yaml={"a":1,"b":2} [1]`)
	}
}

func TestImpureFunctionsAreNamed(t *testing.T) {
	for text, want := range map[string][]string{
		`{{ now }}`:                                                     {"now"},
		`{{ randAlphaNum 5 }}{{ uuidv4 }}`:                              {"randAlphaNum", "uuidv4"},
		`{{ lookup "v1" "Secret" "a" "b" }}`:                            {"lookup"},
		`{{ getHostByName "example.com" }}`:                             {"getHostByName"},
		`{{ date "2006" 0 }}`:                                           {},
		`{{ date "2006" "x" }}`:                                         {"date"},
		`{{ if false }}{{ now }}{{ end }}`:                              {},
		`{{ sha256sum "a" }}{{ dict "a" 1 }}`:                           {},
		`{{ include "x" . }}{{ define "x" }}{{ genCA "a" 1 }}{{ end }}`: {"genCA"},
	} {
		answer := render(t, testEngine(), files{"templates/a.yaml": "a: b #" + text}, `{}`)
		if answer.Error != nil || !slices.Equal(answer.Impure, want) && len(answer.Impure)+len(want) > 0 {
			t.Errorf("%s: %v %v, not %v", text, answer.Error, answer.Impure, want)
		}
	}
}

func TestEveryImpureFunctionIsOneOfSprig(t *testing.T) {
	for _, name := range impure {
		if _, ok := sprigFunctions[name]; !ok {
			t.Errorf("%s", name)
		}
	}
}

func TestFailuresSayTheirStage(t *testing.T) {
	schema := `{"type":"object","properties":{"n":{"type":"integer"}}}`
	for _, one := range []struct {
		stage, message, values string
		content                files
	}{
		{"render", "no luck", `{}`, files{"templates/a.yaml": `{{ fail "no luck" }}`}},
		{"values", "got string, want integer", `{"n":"x"}`, files{"values.schema.json": schema, "templates/a.yaml": "a"}},
		{"values", "is outside the chart and is not read", `{}`, files{"values.schema.json": `{"$ref":"http://127.0.0.1:9/x.json"}`}},
		{"values", "is outside the chart and is not read", `{}`, files{"values.schema.json": `{"$ref":"file:///etc/passwd"}`}},
		{"kubeVersion", "incompatible with Kubernetes", `{}`, files{"Chart.yaml": chartYAML + "kubeVersion: \">=1.99.0\"\n"}},
		{"load", "library charts are not installable", `{}`, files{"Chart.yaml": chartYAML + "type: library\n"}},
		{"dependencies", "missing in charts/ directory: absent", `{}`, files{
			"Chart.yaml": chartYAML + "dependencies: [{name: absent, version: 1.0.0, repository: \"\"}]\n"}},
		{"internal", "", `[1]`, files{"templates/a.yaml": "a"}},
	} {
		expectFailure(t, render(t, testEngine(), one.content, one.values), one.stage, one.message)
	}
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	file, digest := pack(t, files{"templates/a.yaml": "a"})
	good := Request{File: file, Digest: digest, Values: json.RawMessage(`{}`)}
	for message, edit := range map[string]func(*Request){
		"invalid kube version":      func(r *Request) { r.KubeVersion = "new" },
		"release name check failed": func(r *Request) { r.Release = "Not A Name" },
	} {
		request := good
		edit(&request)
		expectFailure(t, ask(t, testEngine(), request), "request", message)
	}
}

func TestAPackageIsTheOneThatWasAskedFor(t *testing.T) {
	file, _ := pack(t, files{"templates/a.yaml": "a"})
	other := strings.Repeat("0", 64)
	request := Request{File: file, Digest: other, Values: json.RawMessage(`{}`)}
	expectFailure(t, ask(t, testEngine(), request), "load", "is not the package that was asked for")
	request.File = filepath.Join(t.TempDir(), "absent.tgz")
	expectFailure(t, ask(t, testEngine(), request), "load", "no such file")
	if err := os.WriteFile(request.File, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("junk"))
	request.Digest = hex.EncodeToString(sum[:])
	expectFailure(t, ask(t, testEngine(), request), "load", "")
}

func TestOutputHasALimit(t *testing.T) {
	line := strings.Repeat("x", 1023) + "\n"
	content := files{"templates/a.yaml": "{{ range until (int .Values.n) }}" + line + "{{ end }}"}
	expectFailure(t, render(t, testEngine(), content, `{"n":1025}`), "limit", "more than 1 MiB")
	if answer := render(t, testEngine(), content, `{"n":1000}`); answer.Error != nil {
		t.Errorf("%+v", answer.Error)
	}
}

func TestChartsAreKeptUpToTheirLimit(t *testing.T) {
	kept := newCharts(2500) // room for two
	names := map[string]string{}
	packages := map[string][2]string{}
	for _, name := range []string{"a", "b", "c"} {
		file, digest := pack(t, files{"templates/a.yaml": "# " + strings.Repeat(name, 1000)})
		names[digest], packages[name] = name, [2]string{file, digest}
	}
	for _, name := range []string{"a", "b", "a", "c"} { // b was used before a
		if _, err := kept.get(packages[name][0], packages[name][1]); err != nil {
			t.Fatal(err)
		}
	}
	var order []string
	for _, entry := range kept.kept {
		order = append(order, names[entry.digest])
	}
	if !slices.Equal(order, []string{"a", "c"}) || kept.bytes > 2500 {
		t.Errorf("%v, %d bytes", order, kept.bytes)
	}
}

func TestWhatHelmLogsIsOfItsRequest(t *testing.T) {
	captureLogs()
	engine := testEngine()
	answer := render(t, engine, files{"Chart.yaml": chartYAML + "deprecated: true\n", "templates/a.yaml": "a"}, `{}`)
	if !slices.Equal(answer.Warnings, []string{`level=WARN msg="this chart is deprecated"`}) {
		t.Errorf("%q", answer.Warnings)
	}
	if answer := render(t, engine, files{"templates/a.yaml": "a"}, `{}`); len(answer.Warnings) > 0 {
		t.Errorf("%q", answer.Warnings)
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	engine := &Engine{limits: Limits{OutputMiB: 1}} // without charts, every render panics
	file, digest := pack(t, files{"templates/a.yaml": "a"})
	answer := ask(t, engine, Request{File: file, Digest: digest, Values: json.RawMessage(`{}`)})
	expectFailure(t, answer, "internal", "nil pointer")
}

func TestLimits(t *testing.T) {
	for value, want := range map[string]int{"": 7, "x": 7, "0": 7, "-3": 7, "12": 12} {
		t.Setenv("SLIPWAY_TEST_LIMIT", value)
		if got := limit("SLIPWAY_TEST_LIMIT", 7); got != want {
			t.Errorf("%q: %d", value, got)
		}
	}
}
