// Command annotations says what Argo CD makes of annotations, with Argo CD's own packages. It reads a map of annotations a line
// from standard input, as JSON, and answers each in order; with the argument "names" it says instead which annotations and sync
// options Argo CD has names for.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/hook"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/ignore"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/resource"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/syncwaves"
	argocommon "github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/controller"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// reading is what Argo CD makes of the annotations of an object.
type reading struct {
	Wave           int      `json:"wave"`
	IsHook         bool     `json:"isHook"`
	IsIgnored      bool     `json:"isIgnored"`
	Hooks          []string `json:"hooks"`
	DeletePolicies []string `json:"deletePolicies"`
	// Entries are those of the lists, as they are compared.
	Entries map[string][]string `json:"entries"`
	// Known are the entries of hook and hook-delete-policy that mean something.
	Known map[string][]string `json:"known"`
}

var lists = []string{
	common.AnnotationKeyHook,
	common.AnnotationKeyHookDeletePolicy,
	common.AnnotationSyncOptions,
	argocommon.AnnotationCompareOptions,
}

func read(annotations map[string]string) reading {
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}}
	object.SetAnnotations(annotations)
	made := reading{
		Wave:           syncwaves.Wave(object),
		IsHook:         hook.IsHook(object),
		IsIgnored:      ignore.Ignore(object),
		Hooks:          []string{},
		DeletePolicies: []string{},
		Entries:        map[string][]string{},
		Known:          map[string][]string{common.AnnotationKeyHook: {}, common.AnnotationKeyHookDeletePolicy: {}},
	}
	for _, kind := range hook.Types(object) {
		made.Hooks = append(made.Hooks, string(kind))
	}
	for _, policy := range hook.DeletePolicies(object) {
		made.DeletePolicies = append(made.DeletePolicies, string(policy))
	}
	for _, name := range lists {
		made.Entries[name] = append([]string{}, resource.GetAnnotationCSVs(object, name)...)
	}
	for _, entry := range made.Entries[common.AnnotationKeyHook] {
		_, known := common.NewHookType(entry)
		if known || entry == string(controller.PreDeleteHookType) || entry == string(controller.PostDeleteHookType) {
			made.Known[common.AnnotationKeyHook] = append(made.Known[common.AnnotationKeyHook], entry)
		}
	}
	for _, entry := range made.Entries[common.AnnotationKeyHookDeletePolicy] {
		if _, known := common.NewHookDeletePolicy(entry); known {
			made.Known[common.AnnotationKeyHookDeletePolicy] = append(made.Known[common.AnnotationKeyHookDeletePolicy], entry)
		}
	}
	return made
}

// names are what Argo CD has constants for.
func names() map[string][]string {
	return map[string][]string{
		"annotations": {
			common.AnnotationKeyHook,
			common.AnnotationKeyHookDeletePolicy,
			common.AnnotationSyncOptions,
			common.AnnotationSyncWave,
			argocommon.AnnotationApplicationSetRefresh,
			argocommon.AnnotationClientSideApplyMigrationManager,
			argocommon.AnnotationCompareOptions,
			argocommon.AnnotationIgnoreHealthCheck,
			argocommon.AnnotationKeyAppSkipReconcile,
			argocommon.AnnotationKeyIgnoreDefaultLinks,
			v1alpha1.AnnotationKeyManagedByURL,
			v1alpha1.AnnotationKeyManifestGeneratePaths,
		},
		"live": {
			common.AnnotationDeletionApproved,
			argocommon.AnnotationInstallationID,
			argocommon.AnnotationKeyAppInstance,
			v1alpha1.AnnotationKeyHydrate,
			v1alpha1.AnnotationKeyRefresh,
		},
		"options": {
			common.SyncOptionApplyOutOfSyncOnly,
			common.SyncOptionClientSideApplyMigration,
			common.SyncOptionDelete + "=" + common.SyncValueConfirm,
			common.SyncOptionDelete + "=" + common.SyncValueFalse,
			common.SyncOptionDisableApplyOutOfSyncOnly,
			common.SyncOptionDisableClientSideApplyMigration,
			common.SyncOptionDisableReplace,
			common.SyncOptionDisableServerSideApply,
			common.SyncOptionForce,
			common.SyncOptionPrune + "=" + common.SyncValueConfirm,
			common.SyncOptionPrune + "=" + common.SyncValueFalse,
			common.SyncOptionPruneLast,
			common.SyncOptionReplace,
			common.SyncOptionServerSideApply,
			common.SyncOptionSkipDryRunOnMissingResource,
			common.SyncOptionsDisableValidation,
		},
	}
}

func run(in io.Reader, out io.Writer) error {
	encoder := json.NewEncoder(out)
	if len(os.Args) > 1 && os.Args[1] == "names" {
		return encoder.Encode(names())
	}
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		annotations := map[string]string{}
		if err := json.Unmarshal(scanner.Bytes(), &annotations); err != nil {
			return err
		}
		if err := encoder.Encode(read(annotations)); err != nil {
			return err
		}
	}
	return scanner.Err()
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
