package command

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// maxConfig bounds a file of settings, in octets.
const maxConfig = 1 << 20

// A setting is a key of a file of settings, and where it stands.
type setting struct {
	name   string
	values []string
	line   int
}

// readConfig sets what a file has and the command line has not. Its errors repeat
// no value of a flag that takes text.
func readConfig(name string, f flagSet, o *plan.Options) error {
	settings, err := parseConfig(name)
	if err != nil {
		return err
	}
	known := []string{"url"}
	for _, g := range plan.Groups(o) {
		for _, flag := range g.Flags {
			known = append(known, flag.Name)
		}
	}
	for i, s := range settings {
		for _, before := range settings[:i] {
			if before.name == s.name {
				return usagef("--config: %s, line %d: %s is there twice, in line %d as well", name, s.line, s.name, before.line)
			}
		}
		if s.name == "url" {
			o.URLs = s.values // arguments replace them
			continue
		}
		flag := f.Lookup(s.name)
		if !slices.Contains(known, s.name) || flag == nil {
			return usagef("--config: %s, line %d: unknown key %q%s", name, s.line, s.name, meant(s.name, known, ""))
		}
		if flag.Changed {
			continue
		}
		if problem := set(flag, s); problem != "" {
			return usagef("--config: %s, line %d: %s: %s", name, s.line, s.name, problem)
		}
	}
	return nil
}

func set(flag *pflag.Flag, s setting) (wrong string) {
	list, isList := flag.Value.(pflag.SliceValue)
	switch {
	case isList:
		list.Replace(s.values) // cannot fail: it is a list of texts
	case len(s.values) != 1:
		return "takes one value"
	case flag.Value.Set(s.values[0]) != nil:
		return problem(flag, s.values[0])
	}
	if isEmpty(flag) {
		return emptyValue
	}
	return ""
}

// parseConfig reads the keys of a YAML file: a mapping of names to a value, or to a
// list of values.
func parseConfig(name string) ([]setting, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, usagef("--config: %v", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	switch err = d.Decode(&document); {
	case err == io.EOF: // nothing but comments
		return nil, nil
	case err != nil:
		return nil, usagef("--config: %s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	case d.Decode(&more) != io.EOF:
		return nil, usagef("--config: %s: more than one document", name)
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, usagef("--config: %s, line %d: want NAME: VALUE, as in rate: 500", name, top.Line)
	}
	var settings []setting
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		s := setting{name: key.Value, line: key.Line}
		list := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			list = value.Content
		}
		for _, v := range list {
			if v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
				return nil, usagef("--config: %s, line %d: %s: want a value or a list of values; "+
					"one that holds a colon and a blank, or begins with {, needs quotes", name, v.Line, s.name)
			}
			text := v.Value
			if v.Tag == "!!binary" { // as --print-plan has what is no UTF-8
				octets, err := base64.StdEncoding.DecodeString(text)
				if err != nil {
					return nil, usagef("--config: %s, line %d: %s: no base64, as !!binary has to be", name, v.Line, s.name)
				}
				text = string(octets)
			}
			s.values = append(s.values, text)
		}
		settings = append(settings, s)
	}
	return settings, nil
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if len(b) > maxConfig {
		return nil, errors.New(name + " is longer than 1 MiB")
	}
	return b, err
}
