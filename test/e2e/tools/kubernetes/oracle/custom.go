package main

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	schemaobjectmeta "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/crdserverscheme"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/rest"
	sjson "sigs.k8s.io/json"
)

// customKind is a served version of a definition.
type customKind struct {
	structural *structuralschema.Structural
	strategy   rest.RESTCreateStrategy
	namespaced bool
	keepsAll   bool
}

// define takes a definition in, as the API server does: defaults first, then all of its own checks.
func define(data []byte, known map[string]kind) verdict {
	refused := func(stage string, err error) verdict {
		return verdict{Errors: []finding{{Stage: stage, Detail: err.Error()}}}
	}
	external := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.Unmarshal(data, external); err != nil {
		return refused("decode", err)
	}
	apiextensionsv1.SetObjectDefaults_CustomResourceDefinition(external)
	definition := &apiextensions.CustomResourceDefinition{}
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(external, definition, nil); err != nil {
		return refused("decode", err)
	}
	definition.Status.StoredVersions = storedVersions(definition)
	if errs := apiextensionsvalidation.ValidateCustomResourceDefinition(context.Background(), definition); len(errs) > 0 {
		return refused("schema", errs.ToAggregate())
	}
	for _, version := range external.Spec.Versions {
		if !version.Served {
			continue
		}
		made, err := customKindOf(definition, version.Name)
		if err != nil {
			return refused("schema", err)
		}
		known[external.Spec.Group+"/"+version.Name+"/"+external.Spec.Names.Kind] = made
	}
	return verdict{Valid: true}
}

// storedVersions is what the status of a definition says once it is there.
func storedVersions(definition *apiextensions.CustomResourceDefinition) []string {
	var stored []string
	for _, version := range definition.Spec.Versions {
		if version.Storage {
			stored = append(stored, version.Name)
		}
	}
	return stored
}

func customKindOf(definition *apiextensions.CustomResourceDefinition, version string) (*customKind, error) {
	of, err := apiextensions.GetSchemaForVersion(definition, version)
	if err != nil || of == nil || of.OpenAPIV3Schema == nil {
		return nil, fmt.Errorf("no schema of %s: %w", version, err)
	}
	structural, err := structuralschema.NewStructural(of.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	if err := defaulting.PruneDefaults(structural); err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(of.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	subresources, err := apiextensions.GetSubresourcesForVersion(definition, version)
	if err != nil {
		return nil, err
	}
	var status *apiextensions.CustomResourceSubresourceStatus
	if subresources != nil {
		status = subresources.Status
	}
	gvk := schema.GroupVersionKind{Group: definition.Spec.Group, Version: version, Kind: definition.Spec.Names.Kind}
	namespaced := definition.Spec.Scope == apiextensions.NamespaceScoped
	strategy := customresource.NewStrategy(
		crdserverscheme.NewUnstructuredObjectTyper(), namespaced, gvk, validator, nil, structural, status, nil, nil)
	keepsAll := definition.Spec.PreserveUnknownFields != nil && *definition.Spec.PreserveUnknownFields
	return &customKind{structural, strategy, namespaced, keepsAll}, nil
}

func (k *customKind) judge(data []byte) []finding {
	var found []finding
	content := map[string]any{}
	strict, err := sjson.UnmarshalStrict(data, &content)
	if err != nil {
		return []finding{{Stage: "decode", Detail: err.Error()}}
	}
	for _, err := range strict {
		found = append(found, finding{Stage: "decode", Detail: err.Error()})
	}
	object := &unstructured.Unstructured{Object: content}
	defaulting.Default(content, k.structural)
	unknown, err := k.coerce(object)
	if err != nil {
		return append(found, finding{Stage: "decode", Detail: err.Error()})
	}
	for _, path := range unknown {
		found = append(found, finding{Stage: "decode", Path: path, Detail: fmt.Sprintf("unknown field %q", path)})
	}
	return append(found, create(k.strategy, object, k.namespaced)...)
}

// coerce does what the schemaCoercingDecoder of the API server does: metadata is read strictly, unknown fields and nulls go.
func (k *customKind) coerce(object *unstructured.Unstructured) ([]string, error) {
	objectMeta, hasMeta, unknown, err := schemaobjectmeta.GetObjectMetaWithOptions(object.Object,
		schemaobjectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, err
	}
	apiVersion, kindName := object.GetAPIVersion(), object.GetKind()
	if !k.keepsAll {
		options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
		unknown = append(unknown, pruning.PruneWithOptions(object.Object, k.structural, true, options)...)
		defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, k.structural)
	}
	failed, paths := schemaobjectmeta.CoerceWithOptions(nil, object.Object, k.structural, false,
		schemaobjectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if failed != nil {
		return nil, failed
	}
	object.SetKind(kindName)
	object.SetAPIVersion(apiVersion)
	if hasMeta {
		if err := schemaobjectmeta.SetObjectMeta(object.Object, objectMeta); err != nil {
			return nil, err
		}
	}
	return append(unknown, paths...), nil
}
