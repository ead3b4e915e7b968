package main

import (
	"reflect"
	"sort"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// impure lists the functions whose result depends on the clock, on chance or on a cluster, whatever they are given.
var impure = []string{
	"now", "ago", "randAlpha", "randAlphaNum", "randAscii", "randBytes", "randInt", "randNumeric", "shuffle", "uuidv4",
	"htpasswd", "bcrypt", "encryptAES", "genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert",
	"genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
}

// dates take a point in time as argument of this number, and the clock's when it is none; the time zone is always UTC here.
var dates = map[string]int{"date": 1, "date_in_zone": 1, "dateInZone": 1, "htmlDate": 0, "htmlDateInZone": 0}

// calls notes which impure functions the templates of one render call.
type calls struct {
	functions template.FuncMap
	called    map[string]struct{}
}

var sprigFunctions = sprig.TxtFuncMap()

func newCalls() *calls {
	c := &calls{functions: template.FuncMap{}, called: map[string]struct{}{}}
	for _, name := range impure {
		c.wrap(name, func([]reflect.Value) bool { return true })
	}
	for name, index := range dates {
		c.wrap(name, func(arguments []reflect.Value) bool { return !isTime(arguments[index].Interface()) })
	}
	c.wrap("durationRound", func(arguments []reflect.Value) bool {
		_, isTime := arguments[0].Interface().(time.Time)
		return isTime
	})
	// what Helm itself answers without a cluster and without DNS
	c.functions["lookup"] = func(string, string, string, string) (map[string]any, error) {
		c.called["lookup"] = struct{}{}
		return map[string]any{}, nil
	}
	c.functions["getHostByName"] = func(string) string {
		c.called["getHostByName"] = struct{}{}
		return ""
	}
	return c
}

// isTime tells what sprig's date functions take for a point in time.
func isTime(value any) bool {
	switch value.(type) {
	case time.Time, *time.Time, int64, int, int32:
		return true
	default:
		return false
	}
}

func (c *calls) wrap(name string, isImpure func(arguments []reflect.Value) bool) {
	function := reflect.ValueOf(sprigFunctions[name])
	if !function.IsValid() {
		panic("sprig has no function " + name)
	}
	c.functions[name] = reflect.MakeFunc(function.Type(), func(arguments []reflect.Value) []reflect.Value {
		if isImpure(arguments) {
			c.called[name] = struct{}{}
		}
		if function.Type().IsVariadic() {
			return function.CallSlice(arguments)
		}
		return function.Call(arguments)
	}).Interface()
}

func (c *calls) names() []string {
	names := make([]string, 0, len(c.called))
	for name := range c.called {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
