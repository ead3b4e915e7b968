package main

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"

	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/apps/controllerrevision"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/node/runtimeclass"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/csidriver"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

// builtInKind is one of Kubernetes' own kinds, with what the registry does when one is created.
type builtInKind struct {
	gvk      schema.GroupVersionKind
	strategy rest.RESTCreateStrategy
}

func builtInKinds() map[string]kind {
	strategies := map[string]rest.RESTCreateStrategy{
		"v1/ConfigMap":             configmap.Strategy,
		"v1/LimitRange":            limitrange.Strategy,
		"v1/Namespace":             namespace.Strategy,
		"v1/PersistentVolume":      persistentvolume.Strategy,
		"v1/PersistentVolumeClaim": persistentvolumeclaim.Strategy,
		"v1/Pod":                   pod.Strategy,
		"v1/ResourceQuota":         resourcequota.Strategy,
		"v1/Secret":                secret.Strategy,
		"v1/Service":               service.Strategy,
		"v1/ServiceAccount":        serviceaccount.Strategy,
		"admissionregistration.k8s.io/v1/MutatingWebhookConfiguration":   mutatingwebhookconfiguration.Strategy,
		"admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": validatingwebhookconfiguration.Strategy,
		"apps/v1/ControllerRevision":                                     controllerrevision.Strategy,
		"apps/v1/DaemonSet":                                              daemonset.Strategy,
		"apps/v1/Deployment":                                             deployment.Strategy,
		"apps/v1/ReplicaSet":                                             replicaset.Strategy,
		"apps/v1/StatefulSet":                                            statefulset.Strategy,
		"autoscaling/v1/HorizontalPodAutoscaler":                         horizontalpodautoscaler.Strategy,
		"autoscaling/v2/HorizontalPodAutoscaler":                         horizontalpodautoscaler.Strategy,
		"batch/v1/CronJob":                                               cronjob.Strategy,
		"batch/v1/Job":                                                   job.Strategy,
		"networking.k8s.io/v1/Ingress":                                   ingress.Strategy,
		"networking.k8s.io/v1/IngressClass":                              ingressclass.Strategy,
		"networking.k8s.io/v1/NetworkPolicy":                             networkpolicy.Strategy,
		"node.k8s.io/v1/RuntimeClass":                                    runtimeclass.Strategy,
		"policy/v1/PodDisruptionBudget":                                  poddisruptionbudget.Strategy,
		"rbac.authorization.k8s.io/v1/ClusterRole":                       clusterrole.Strategy,
		"rbac.authorization.k8s.io/v1/ClusterRoleBinding":                clusterrolebinding.Strategy,
		"rbac.authorization.k8s.io/v1/Role":                              role.Strategy,
		"rbac.authorization.k8s.io/v1/RoleBinding":                       rolebinding.Strategy,
		"scheduling.k8s.io/v1/PriorityClass":                             priorityclass.Strategy,
		"storage.k8s.io/v1/CSIDriver":                                    csidriver.Strategy,
		"storage.k8s.io/v1/StorageClass":                                 storageclass.Strategy,
	}
	known := map[string]kind{}
	for name, strategy := range strategies {
		gvk := gvkOf(name)
		known[name] = &builtInKind{gvk: gvk, strategy: strategy}
	}
	return known
}

// gvkOf reads group/version/Kind, without a group in the core group.
func gvkOf(name string) schema.GroupVersionKind {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return schema.FromAPIVersionAndKind(name[:i], name[i+1:])
		}
	}
	return schema.GroupVersionKind{}
}

var strictCodec = func() runtime.Decoder {
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, legacyscheme.Scheme, legacyscheme.Scheme, json.SerializerOptions{Strict: true})
	factory := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	return factory.DecoderToVersion(strict, runtime.InternalGroupVersioner)
}()

func (k *builtInKind) judge(data []byte) []finding {
	var found []finding
	object, _, err := strictCodec.Decode(data, nil, nil)
	if err != nil {
		strict, ok := runtime.AsStrictDecodingError(err)
		if !ok || object == nil {
			return []finding{{Stage: "decode", Detail: err.Error()}}
		}
		for _, err := range strict.Errors() {
			found = append(found, finding{Stage: "decode", Detail: err.Error()})
		}
	}
	if service, ok := object.(*core.Service); ok && service.Spec.ClusterIP != "" && len(service.Spec.ClusterIPs) == 0 {
		// what the storage of services does before the strategy is asked
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
	}
	return append(found, create(k.strategy, object, k.strategy.NamespaceScoped())...)
}

// create is what the API server does with an object before it is stored.
func create(strategy rest.RESTCreateStrategy, object runtime.Object, namespaced bool) []finding {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return []finding{{Stage: "decode", Detail: err.Error()}}
	}
	namespace := accessor.GetNamespace()
	if namespaced && namespace == "" {
		namespace = "default"
	}
	ctx := genericapirequest.WithNamespace(context.Background(), namespace)
	ctx = genericapirequest.WithRequestInfo(ctx, &genericapirequest.RequestInfo{IsResourceRequest: true, Verb: "create"})
	rest.FillObjectMetaSystemFields(accessor)
	if accessor.GetName() == "" && accessor.GetGenerateName() != "" {
		accessor.SetName(strategy.GenerateName(accessor.GetGenerateName()))
	}
	err = rest.BeforeCreate(strategy, ctx, object)
	if err == nil {
		return nil
	}
	var refusal *apierrors.StatusError
	if !errors.As(err, &refusal) || refusal.ErrStatus.Details == nil || len(refusal.ErrStatus.Details.Causes) == 0 {
		return []finding{{Stage: "schema", Detail: err.Error()}}
	}
	var found []finding
	for _, cause := range refusal.ErrStatus.Details.Causes {
		found = append(found, finding{"schema", cause.Field, string(cause.Type), cause.Message})
	}
	return found
}
