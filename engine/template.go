package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	helm "helm.sh/helm/v4/pkg/engine"
)

// template does what `helm template` does up to the point where it sorts documents, in the same order and words.
func (e *Engine) template(request Request) (Answer, error) {
	kubeVersion, err := common.ParseKubeVersion(request.KubeVersion)
	if err != nil {
		return Answer{}, refuse("request", fmt.Errorf("invalid kube version '%s': %w", request.KubeVersion, err))
	}
	values := map[string]any{}
	if err := json.Unmarshal(request.Values, &values); err != nil {
		return Answer{}, refuse("internal", err)
	}
	kept, err := e.charts.get(request.File, request.Digest)
	if err != nil {
		return Answer{}, err
	}
	c := copyChart(kept.chart)
	if err := checkInstallable(c, request.Release); err != nil {
		return Answer{}, err
	}
	if err := chartutil.ProcessDependencies(c, values); err != nil {
		return Answer{}, refuse("dependencies", fmt.Errorf("chart dependencies processing failed: %w", err))
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *kubeVersion
	// Helm itself appends to the shared list
	capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), request.APIVersions...)
	top, err := renderValues(c, values, request, capabilities, kept.schemas)
	if err != nil {
		return Answer{}, refuse("values", err)
	}
	if required := c.Metadata.KubeVersion; required != "" && !chartutil.IsCompatibleRange(required, capabilities.KubeVersion.String()) {
		return Answer{}, refuse("kubeVersion", fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			required, capabilities.KubeVersion.Version))
	}
	calls := newCalls()
	files, err := helm.Engine{CustomTemplateFuncs: calls.functions}.Render(c, top)
	if err != nil {
		return Answer{}, refuse("render", err)
	}
	return e.collect(c, files, request.SkipCRDs, calls.names())
}

// checkInstallable refuses what Helm refuses before it looks at values.
func checkInstallable(c *chart.Chart, release string) error {
	if kind := c.Metadata.Type; kind != "" && kind != "application" {
		return refuse("load", fmt.Errorf("%s charts are not installable", kind))
	}
	if c.Metadata.Deprecated {
		slog.Warn("this chart is deprecated")
	}
	var missing []string
	for _, required := range c.Metadata.Dependencies {
		isThere := func(dependency *chart.Chart) bool { return dependency.Name() == required.Name }
		if !slices.ContainsFunc(c.Dependencies(), isThere) {
			missing = append(missing, required.Name)
		}
	}
	if len(missing) > 0 {
		return refuse("dependencies", fmt.Errorf("an error occurred while checking for chart dependencies. "+
			"You may need to run 'helm dependency build' to fetch missing dependencies: "+
			"found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(missing, ", ")))
	}
	if err := chartutil.ValidateReleaseName(release); err != nil {
		return refuse("request", fmt.Errorf("release name check failed: release name %q: %w", release, err))
	}
	return nil
}

// renderValues is util.ToRenderValuesWithSchemaValidation, but schemas are compiled once per chart.
func renderValues(c *chart.Chart, values map[string]any, request Request, capabilities *common.Capabilities, compiled *schemas) (common.Values, error) {
	options := common.ReleaseOptions{Name: request.Release, Namespace: request.Namespace, Revision: 1, IsInstall: true}
	top, err := util.ToRenderValuesWithSchemaValidation(c, values, options, capabilities, true)
	if err != nil {
		return nil, err
	}
	if err := compiled.validate(c, top["Values"].(common.Values)); err != nil {
		return nil, fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\n%w", err)
	}
	return top, nil
}

// collect puts CRDs first, then the rendered texts by the path of their templates; partials and empty texts are dropped.
func (e *Engine) collect(c *chart.Chart, files map[string]string, skipCRDs bool, impure []string) (Answer, error) {
	answer := Answer{Impure: impure}
	total := 0
	add := func(source, text string, isCRD bool) {
		total += len(text)
		answer.Docs = append(answer.Docs, Text{source, len(text), isCRD})
		answer.texts = append(answer.texts, text)
	}
	if !skipCRDs {
		for _, crd := range c.CRDObjects() {
			add(crd.Filename, string(crd.File.Data), true)
		}
	}
	sources := make([]string, 0, len(files))
	for source := range files {
		sources = append(sources, source)
	}
	slices.Sort(sources)
	for _, source := range sources {
		isPartial := strings.HasPrefix(path.Base(source), "_")
		if isPartial || strings.HasSuffix(source, "NOTES.txt") || strings.TrimSpace(files[source]) == "" {
			continue
		}
		add(source, files[source], false)
	}
	if limit := e.limits.OutputMiB * mib; total > limit {
		return Answer{}, refuse("limit", fmt.Errorf("the chart renders to %d MiB, more than %d MiB", total/mib, e.limits.OutputMiB))
	}
	return answer, nil
}
