package plan

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSecrets(t *testing.T) {
	t.Setenv("STORM_ROOM", "a room of one's own")
	p := mustPlan(t, func(o *Options) {
		o.URLs = []string{"ws://user:pass%2Fword@h/?room=lobby&v=1&token=query%20token"}
		o.Header = []string{"Authorization: Bearer abc.def", "X-Mode: a, longer", "Origin: http://origin.example"}
		o.Cookies = []string{"sid=01; theme=dark", "id=0123456789"}
		o.ProxyURL = "http://porter:door@proxy.example"
		o.Messages, o.Payload = 1, file(t, "{{env.STORM_ROOM}}")
	})
	got := p.Secrets(0)
	for _, want := range []string{"abc.def", "Bearer abc.def", "01", "dark", "0123456789", "pass/word", "pass%2Fword", "user", "lobby", "query token",
		"query%20token", "dXNlcjpwYXNzL3dvcmQ=", "longer", "porter", "door", "a room of one's own"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	for _, not := range []string{"", "sid", "theme", "1", "a", "Bearer", "http://origin.example"} {
		if slices.Contains(got, not) {
			t.Errorf("%q is among %q", not, got)
		}
	}
	if !slices.IsSortedFunc(got, func(a, b string) int { return len(b) - len(a) }) {
		t.Errorf("not the longest first: %q", got)
	}
	basic := mustPlan(t, func(o *Options) { o.User = "name:{{conn}}!" }).Secrets(5)
	if !slices.Contains(basic, "name") || !slices.Contains(basic, "5!") {
		t.Errorf("of --user: %q", basic)
	}
}

func TestSettings(t *testing.T) {
	t.Setenv("STORM_TEST", "secret")
	p := mustPlan(t, func(o *Options) {
		o.URLs = []string{"ws://u:secret@h/p?a=secret&b={{conn}}&secret", "ws://{{env.STORM_TEST}}:{{env.STORM_TEST}}@h/?{{conn}}"}
		o.Connections, o.Hold, o.MessageRate, o.Binary = 7, 90*time.Second, 0.5, true
		o.Header = []string{"Authorization: Digest secret", "Proxy-Authorization:secret", "X-Key: {{env.STORM_TEST}}", "X-Other: secret", "user-agent: x/1"}
		o.Cookies = []string{"a=secret; b={{conn}}"}
		o.User = ""
		o.ProxyURL = "http://u:secret@p"
		o.Thresholds = []string{"failed<1%"}
	})
	text, err := json.Marshal(p.Settings)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"name":"url","values":["ws://***@h/p?a=***\u0026b={{conn}}\u0026***","ws://{{env.STORM_TEST}}:{{env.STORM_TEST}}@h/?{{conn}}"]},` +
		`{"name":"connections","values":["7"]},{"name":"hold","values":["1m30s"]},{"name":"message-rate","values":["0.5"]},{"name":"binary","values":["true"]},` +
		`{"name":"header","values":["Authorization: Digest ***","Proxy-Authorization: ***","X-Key: {{env.STORM_TEST}}","X-Other: ***","user-agent: x/1"]},` +
		`{"name":"cookie","values":["a=***; b={{conn}}"]},{"name":"proxy","values":["http://***@p"]}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if yaml := p.YAML(); strings.Contains(yaml, "secret\"") || !strings.Contains(yaml, "threshold:\n  - \"failed<1%\"\n") {
		t.Errorf("a secret is in, or the threshold is not: %s", yaml)
	}
}

func TestMaskURL(t *testing.T) {
	for _, tt := range []struct{ url, masked, shown string }{
		{"ws://h/p", "ws://h/p", "ws://h/p"},
		{"ws://u:p@h/p@q", "ws://***@h/p@q", "ws://h/p@q"},
		{"ws://u:{{file./a/b}}@h/p", "ws://***@h/p", "ws://h/p"},
		{"ws://{{csv.u}}:{{file./a?b#c}}@h/p?x=1", "ws://{{csv.u}}:{{file./a?b#c}}@h/p?x=***", "ws://h/p"},
		{"ws://u:a@b@h?x=@/&y", "ws://***@h?x=***&***", "ws://h"},
		{"{{csv.url}}", "{{csv.url}}", "{{csv.url}}"},
		{"//u:p@h/a", "//***@h/a", "//h/a"},
		{"/a?b=c&d#e=f", "/a?b=***&***#e=***", "/a"},
		{"/a#token=b&c", "/a#token=***&***", "/a"},
		{"/a#b?c", "/a#***", "/a"},
	} {
		if masked, shown := maskURL(tt.url, true), maskURL(tt.url, false); masked != tt.masked || shown != tt.shown {
			t.Errorf("%s: %s and %s, want %s and %s", tt.url, masked, shown, tt.masked, tt.shown)
		}
	}
}

// Plans are the same for adding up whatever differs from machine to machine, and
// however they are written down.
func TestDigest(t *testing.T) {
	t.Setenv("STORM_TEST", "1")
	type o = Options
	base := mustPlan(t, nil).Digest
	for _, change := range []func(*o){
		func(o *o) { o.Connections, o.Concurrency, o.Timeout = 2000, 64, 10*time.Second },
		func(o *o) { o.Seed, o.Loops, o.LocalAddrs = 7, 3, []string{"127.0.0.2"} },
		func(o *o) { o.JSON, o.Quiet, o.Thresholds = "x", true, []string{"failed<1"} },
		func(o *o) { o.CSVData = file(t, "a\n1\n") },
	} {
		if p := mustPlan(t, change); p.Digest != base {
			t.Errorf("%v differs", p.Settings)
		}
	}
	seen := map[string][]Setting{base: nil}
	for _, change := range []func(*o){
		func(o *o) { o.Connections = 1999 },
		func(o *o) { o.Concurrency = 0 },
		func(o *o) { o.Rate = "5" },
		func(o *o) { o.URLs = []string{"ws://127.0.0.1:9001/a"} },
		func(o *o) { o.URLs = nil },
		func(o *o) { o.Messages = 1 },
		func(o *o) { o.Messages, o.Size = 1, 0 },
		func(o *o) { o.Size, o.Lifetime = 0, time.Second },
		func(o *o) { o.MessageRate, o.Lifetime = 0, time.Second },
		func(o *o) { o.Lifetime = time.Second },
		func(o *o) { o.Messages, o.Binary = 1, true },
		func(o *o) { o.Messages, o.Payload = 1, file(t, "a") },
		func(o *o) { o.Messages, o.Payload = 1, file(t, "b") },
		func(o *o) { o.Header = []string{"A: {{env.STORM_TEST}}"} },
		func(o *o) { o.Compress = true },
		func(o *o) { o.Lifetime = 0 },
		func(o *o) { o.TLSResume = true },
		func(o *o) { o.Engine = "net" },
		func(o *o) { o.Rate, o.Duration = "5", time.Minute },
	} {
		p := mustPlan(t, change)
		if other, ok := seen[p.Digest]; ok {
			t.Errorf("%v and %v are the same", p.Settings, other)
		}
		seen[p.Digest] = p.Settings
	}
	urls := file(t, "ws://one/\n")
	listed := mustPlan(t, func(o *o) { o.URLs, o.URLFile = nil, urls })
	if err := os.WriteFile(urls, []byte("ws://two/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other := mustPlan(t, func(o *o) { o.URLs, o.URLFile = nil, urls }); other.Digest == listed.Digest {
		t.Error("what --url-file holds makes no difference")
	}
	first := mustPlan(t, func(o *o) { o.Stages = []string{"0:600/m:30s,hold:1m"} })
	again := mustPlan(t, func(o *o) { o.Stages, o.Connections = []string{":10:30s", "10/s:60s"}, 750 })
	if first.Digest != again.Digest {
		t.Errorf("%v and %v differ", first.Settings, again.Settings)
	}
	if one, other := mustPlan(t, func(o *o) { o.Messages = 1 }), mustPlan(t, func(o *o) { o.Messages, o.MessageRate = 1, 0 }); one.Digest != other.Digest {
		t.Errorf("%v and %v differ", one.Settings, other.Settings)
	}
	t.Setenv("STORM_TEST", "2")
	one := mustPlan(t, func(o *o) { o.Header = []string{"A: {{env.STORM_TEST}}"} })
	if _, ok := seen[one.Digest]; !ok {
		t.Error("the environment makes a difference")
	}
}

// Text is quoted, whatever the flag, for YAML takes some for another type.
func TestYAMLQuotesText(t *testing.T) {
	o := Defaults()
	o.URLs = []string{"null"}
	want := []string{"url:\n  - \"null\"\n"}
	for _, g := range Groups(&o) {
		for _, f := range g.Flags {
			if f.mask != nil {
				continue
			}
			switch v := f.Value.(type) {
			case *string:
				*v, want = "null", append(want, f.Name+": \"null\"\n")
			case *[]string:
				*v, want = []string{"null"}, append(want, f.Name+":\n  - \"null\"\n")
			case *int:
				*v, want = 7, append(want, f.Name+": 7\n")
			case *time.Duration:
				*v, want = time.Minute, append(want, f.Name+": 1m\n")
			}
		}
	}
	yaml := (&Plan{given: o}).YAML()
	for _, text := range want {
		if !strings.Contains(yaml, text) {
			t.Errorf("no %q in\n%s", text, yaml)
		}
	}
}

// Every flag's value can be given and be shown, and no two have a name.
func TestFlagTable(t *testing.T) {
	o := Defaults()
	names := make(map[string]bool)
	for _, g := range Groups(&o) {
		for _, f := range g.Flags {
			f.values() // panics on a type that it does not know
			if names[f.Name] || f.Short != "" && names[f.Short] || f.Help == "" || (f.Arg == "") != isSwitch(f) {
				t.Errorf("%+v", f)
			}
			names[f.Name], names[f.Short] = true, true
		}
	}
	if list := settings(&o, (*Flag).isAny); len(list) != 0 {
		t.Errorf("the defaults differ from themselves: %v", list)
	}
}

func isSwitch(f Flag) bool {
	_, ok := f.Value.(*bool)
	return ok
}
