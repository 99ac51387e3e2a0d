package plan

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Setting is an option as one would give it on the command line or in a file.
type Setting struct {
	Name   string   `json:"name"` // of the flag, without --; "url" for an argument
	Values []string `json:"values"`
}

// settings are the options of o that differ from the defaults and are wanted, in the
// order of the help, without secrets.
func settings(o *Options, wanted func(*Flag) bool) (list []Setting) {
	if len(o.URLs) > 0 {
		urls := make([]string, len(o.URLs))
		for i, u := range o.URLs {
			urls[i] = maskURL(u, true)
		}
		list = append(list, Setting{"url", urls})
	}
	defaults := Defaults()
	usual := Groups(&defaults)
	for i, g := range Groups(o) {
		for j, f := range g.Flags {
			values, other := f.values(), usual[i].Flags[j].values()
			if fmt.Sprint(values) == fmt.Sprint(other) || !wanted(&f) {
				continue
			}
			list = append(list, Setting{f.Name, values})
		}
	}
	return list
}

func (f *Flag) isAny() bool    { return true }
func (f *Flag) isOfRun() bool  { return !f.output }
func (f *Flag) isShared() bool { return !f.output && !f.local }

// values are those of a flag, masked, in the form in which they can be given.
func (f *Flag) values() (values []string) {
	switch v := f.Value.(type) {
	case *int:
		values = []string{strconv.Itoa(*v)}
	case *uint64:
		values = []string{strconv.FormatUint(*v, 10)}
	case *float64:
		values = []string{strconv.FormatFloat(*v, 'g', -1, 64)}
	case *bool:
		values = []string{strconv.FormatBool(*v)}
	case *time.Duration:
		values = []string{durationText(*v)}
	case *string:
		values = []string{*v}
	case *[]string:
		values = append(values, *v...)
	default:
		panic("a flag of an unknown type: " + f.Name)
	}
	if f.mask != nil {
		for i, v := range values {
			if v != "" {
				values[i] = f.mask(v)
			}
		}
	}
	return values
}

// digest is of what has to be equal for results to be added up.
func (p *Plan) digest(o Options) string {
	if len(p.Arrivals.stages) > 0 { // in one notation, whatever the user's is
		o.Stages = nil
		for _, s := range p.Arrivals.stages {
			o.Stages = append(o.Stages, s.String())
		}
		o.Rate, o.Duration = "", Unset
	}
	if o.MessageRate == 0 && p.Messages > 0 {
		o.MessageRate = Unset
	}
	o.Connections, o.Concurrency = p.Connections, p.Concurrency
	o.Extensions, o.Compress = p.request.offer.Extensions, false
	h := sha256.New()
	for _, s := range settings(&o, (*Flag).isShared) {
		fmt.Fprintf(h, "%s %q\n", s.Name, s.Values)
	}
	for _, t := range p.raw { // --url-file as well
		fmt.Fprintf(h, "%q\n", maskURL(t, true))
	}
	h.Write(p.compiler.payload[:])
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// YAML has the options, those about output as well, as a file for --config.
func (p *Plan) YAML() string {
	var b strings.Builder
	for line := range strings.SplitSeq(p.String(), "\n") {
		fmt.Fprintf(&b, "# %s\n", line)
	}
	secret := false
	for _, s := range settings(&p.given, (*Flag).isAny) {
		text, list := shape(s.Name)
		if list {
			fmt.Fprintf(&b, "%s:\n", s.Name)
		}
		for _, v := range s.Values {
			if text {
				v = quoted(v)
			}
			if list {
				fmt.Fprintf(&b, "  - %s\n", v)
			} else {
				fmt.Fprintf(&b, "%s: %s\n", s.Name, v)
			}
		}
		secret = secret || strings.Contains(strings.Join(s.Values, " "), masked)
	}
	if secret {
		b.WriteString("# *** stands for what is secret: put {{env.NAME}} or {{file.PATH}} there.\n")
	}
	return b.String()
}

// quoted is text for YAML, which takes some for another type, such as null and 1_000.
// What is no UTF-8 is in base64.
func quoted(text string) string {
	if !utf8.ValidString(text) {
		return "!!binary " + base64.StdEncoding.EncodeToString([]byte(text))
	}
	return strconv.Quote(text) // which escapes nothing but in ways that YAML knows
}

// shape reports whether a setting is text, and whether it is a list.
func shape(name string) (text, list bool) {
	for _, g := range Groups(new(Options)) {
		for _, f := range g.Flags {
			if f.Name == name {
				_, text = f.Value.(*string)
				_, list = f.Value.(*[]string)
				return text || list, list
			}
		}
	}
	return true, true // url
}
