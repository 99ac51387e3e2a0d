package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// A call is what the command line came to.
type call struct {
	status         int
	stdout, stderr string
	plan           *plan.Plan
	did            string
}

func execute(args ...string) (c call) {
	var stdout, stderr bytes.Buffer
	c.status = Execute(args, &stdout, &stderr, Actions{
		Run:   func(p *plan.Plan) int { c.plan, c.did = p, "run"; return 41 },
		Serve: func(addr string) int { c.did = "serve " + addr; return 42 },
		Merge: func(files []string, o plan.Options) int {
			c.did = fmt.Sprintf("merge %s; json %q, csv %q, thresholds %q", files, o.JSON, o.CSV, o.Thresholds)
			return 43
		},
	})
	c.stdout, c.stderr = stdout.String(), stderr.String()
	return c
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		args   string // by spaces
		did    string
		status int
	}{
		{"", "run", 41},
		{"ws://h/", "run", 41},
		{"-n 5 -r 7 --hold 1s ws://h/", "run", 41},
		{"ws://h/ -n5 --rate=7", "run", 41},
		{"-- ws://h/", "run", 41},
		{"serve", "serve 127.0.0.1:0", 42},
		{"serve --addr [::1]:80", "serve [::1]:80", 42},
		{"merge a.json b.json --json c.json --threshold failed<1 --csv=d", `merge [a.json b.json]; json "c.json", csv "d", thresholds ["failed<1"]`, 43},
	} {
		c := execute(strings.Fields(tt.args)...)
		if c.did != tt.did || c.status != tt.status || c.stdout != "" || c.stderr != "" {
			t.Errorf("%s: %s, status %d, stdout %q, stderr %q", tt.args, c.did, c.status, c.stdout, c.stderr)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-n", "x"}, `-n, --connections: "x" is no whole number`},
		{[]string{"-n", "99999999999999999999"}, `-n, --connections: "99999999999999999999" is no whole number`},
		{[]string{"--message-rate", "x"}, `--message-rate: "x" is no number`},
		{[]string{"--seed", "-1"}, `--seed: "-1" is no whole number`},
		{[]string{"--hold", "10"}, `--hold: "10" has no unit; want 10s, 5m or 1h30m`},
		{[]string{"--hold", "soon"}, `--hold: "soon" is no duration; want 10s, 5m or 1h30m`},
		{[]string{"--hold="}, `--hold: "" is no duration`},
		{[]string{"--binary=maybe"}, `--binary: "maybe" is neither true nor false`},
		{[]string{"-r", ""}, "-r, --rate: empty; leave it out, unless a variable was to have a value"},
		{[]string{"--bearer="}, "--bearer: empty"},
		{[]string{"-H", "A: b", "-H", ""}, "-H, --header: empty"},
		{[]string{"--config", ""}, "--config: empty"},
		{[]string{"merge", "a", "--json", ""}, "--json: empty"},
		{[]string{"--hold"}, "--hold: its value is missing"},
		{[]string{"-H"}, "-H, --header: its value is missing"},
		{[]string{"--nonsense=secret"}, "unknown flag --nonsense\n"},
		{[]string{"--bearr=secret"}, "unknown flag --bearr; did you mean --bearer?"},
		{[]string{"--conections", "5"}, "unknown flag --conections; did you mean --connections?"},
		{[]string{"--stages", "5"}, "unknown flag --stages; did you mean --stage?"},
		{[]string{"--url-flie", "5"}, "unknown flag --url-flie; did you mean --url-file?"},
		{[]string{"-xsecret"}, "unknown flag -x\n"},
		{[]string{"-vxsecret"}, "unknown flag -x\n"},
		{[]string{"--=secret"}, "a flag without a name"},
		{[]string{"-n", "0"}, "-n: 0 connections"},
		{[]string{""}, "URL: empty"},
		{[]string{"--binary", "true"}, "URL, number 1: want ws://HOST:PORT/PATH or wss://... (a switch such as --binary takes no value behind it)"},
		{[]string{"ws://h/", "u:secret@h"}, "URL, number 2: want ws://"},
		{[]string{"http://u:secret@h/"}, "URL: scheme of the URL is not ws or wss"},
		{[]string{"ws://u:secret@h/#f"}, "fragment"},
		{[]string{"serve", "now"}, "serve: takes no arguments"},
		{[]string{"serve", "--adr", "x"}, "unknown flag --adr; did you mean --addr?"},
		{[]string{"merge"}, "merge: which results? Give files that storm --json wrote"},
		{[]string{"merge", "a", "--json=x", "--csv=x"}, "--json and --csv: both to x"},
		{[]string{"merge", "a", "-n", "5"}, "unknown flag -n\n"},
		{[]string{"completion"}, "completion: which shell? There are bash, fish, powershell, zsh"},
		{[]string{"completion", "bsh"}, `completion: no shell "bsh"; did you mean bash?; there are bash, fish, powershell, zsh`},
		{[]string{"help", "stage"}, `help: no topic "stage"; did you mean stages?; there are stages, templates,`},
	} {
		c := execute(tt.args...)
		if c.status != Usage || c.did != "" || c.stdout != "" || !strings.HasPrefix(c.stderr, "storm: ") ||
			!strings.Contains(c.stderr, tt.want) || !strings.HasSuffix(c.stderr, "\n(storm --help says how it is used)\n") {
			t.Errorf("%q: %s, status %d, stdout %q, stderr %q; want %q", tt.args, c.did, c.status, c.stdout, c.stderr, tt.want)
		}
		if strings.Contains(c.stderr, "secret") {
			t.Errorf("%q: a credential is in the error: %s", tt.args, c.stderr)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		args string // by spaces
		want string // in stdout
	}{
		{"--help", "-r, --rate RATE"},
		{"-h", "storm help TOPIC"},
		{"help", "storm help TOPIC"},
		{"--version", "storm devel\n"},
		{"serve --help", "--addr HOST:PORT"},
		{"help serve", "takes the first subprotocol"},
		{"merge --help", "--json FILE                result;"},
		{"help merge", "exit 99 unless it holds"},
		{"help merge", "percentiles are those of all"},
		{"help stages", "0:1000/s:30s"},
		{"help status", "143  SIGTERM"},
		{"completion --help", "autocompletion script"},
		{"completion bash", "complete -o default"},
		{"completion zsh", "#compdef storm"},
		{"completion fish", "complete -c storm"},
		{"completion powershell", "Register-ArgumentCompleter"},
		{"__complete --engine=", "loop\tepoll, for ws on Linux\nnet\t"},
		{"__complete --tls", "--tls-min\t1.0 to 1.3\n"},
		{"__complete --json ", ":0\n"}, // files
		{"__complete --hold ", ":4\n"}, // none
		{"__complete help s", "stages\tWhen connections begin"},
	} {
		args := strings.Fields(tt.args)
		if strings.HasSuffix(tt.args, " ") {
			args = append(args, "")
		}
		c := execute(args...)
		if c.status != 0 || c.did != "" || !strings.Contains(c.stdout, tt.want) {
			t.Errorf("%s: %s, status %d, stdout %q, stderr %q; want %q", tt.args, c.did, c.status, c.stdout, c.stderr, tt.want)
		}
	}
}

// Each flag of a plan sets an option, and the help, the completion and a file of
// settings know it.
func TestFlags(t *testing.T) {
	o := plan.Defaults()
	for _, g := range append(plan.Groups(&o), others) {
		for _, f := range g.Flags {
			if !strings.Contains(Help(), "--"+f.Name+" ") && !strings.Contains(Help(), "--"+f.Name+"\n") {
				t.Errorf("--%s is not in the help", f.Name)
			}
			if c := execute("__complete", "--"+f.Name); !strings.Contains(c.stdout, "--"+f.Name) {
				t.Errorf("--%s is not completed: %q", f.Name, c.stdout)
			}
		}
	}
	c := execute("-n", "5", "--rate=10/m", "--poisson", "-H", "A: b, c", "-H", "D:e", "--warmup", "1s", "--seed", "9",
		"--message-rate", "0.5", "--messages", "3", "-u", "a:b,c", "-q", "--subprotocol", "x", "ws://h/")
	if c.plan == nil {
		t.Fatal(c.stderr)
	}
	p := c.plan
	got := strings.TrimSpace(fmt.Sprintln(p.Connections, p.Rate, p.Poisson, p.Header, p.Warmup, p.Seed, p.MessageRate, p.Messages, p.User, p.Quiet, p.Subprotocols, p.Options.URLs))
	if want := "5 10/m true [A: b, c D:e] 1s 9 0.5 3 a:b,c true [x] [ws://h/]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func config(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "storm.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestConfig(t *testing.T) {
	t.Setenv("STORM_TOKEN", "secret")
	name := config(t, `# a soak
url: wss://host.example/chat
stage: [0:1000/s:30s, hold:1m]
poisson: true
hold: 5m
messages: 3
message-rate: 0.5
header:
  - "X-A: b"
  - 'X-C: d'
bearer: "{{env.STORM_TOKEN}}"
threshold: [handshake.p99<50ms, failed<0.1%]
`)
	c := execute("--config", name, "--hold=1m", "-H", "X-E: f", "--message-rate", "0")
	if c.plan == nil {
		t.Fatal(c.stderr)
	}
	p := c.plan
	got := strings.TrimSpace(fmt.Sprintln(p.Options.URLs, p.Stages, p.Poisson, p.Hold, p.Messages, p.MessageRate, p.Header, p.Bearer, p.Thresholds))
	const want = "[wss://host.example/chat] [0:1000/s:30s hold:1m] true 1m0s 3 0 [X-E: f] {{env.STORM_TOKEN}} [handshake.p99<50ms failed<0.1%]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if c = execute("--config", name, "ws://a/", "ws://b/"); fmt.Sprint(c.plan.Options.URLs) != "[ws://a/ ws://b/]" {
		t.Errorf("arguments do not replace url: %v", c.plan.Options.URLs)
	}
	if c = execute("--config", config(t, "# nothing\n")); c.did != "run" {
		t.Errorf("an empty file: %s", c.stderr)
	}
	if c = execute("--config", config(t, `{"connections": 7, "url": ["ws://a/"]}`)); c.plan == nil || c.plan.Connections != 7 {
		t.Errorf("JSON: %s", c.stderr)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"rate: 5\nconections: 7\n", `, line 2: unknown key "conections"; did you mean connections?`},
		{"config: x\n", `, line 1: unknown key "config"`},
		{"help: true\n", `, line 1: unknown key "help"`},
		{"nonsense: secret\n", `, line 1: unknown key "nonsense"` + "\n"},
		{"\n\nhold: 10\n", `, line 3: hold: "10" has no unit`},
		{"connections: many\n", `, line 1: connections: "many" is no whole number`},
		{"hold: 1s\nrate: \"\"\n", ", line 2: rate: empty; leave it out"},
		{"stage: [5:1s, \"\"]\n", ", line 1: stage: empty"},
		{"hold: [1s, 2s]\n", ", line 1: hold: takes one value"},
		{"bearer: {a: secret}\n", ", line 1: bearer: want a value or a list of values"},
		{"header:\n  - A: secret\n", ", line 2: header: want a value or a list of values; one that holds a colon and a blank, or begins with {, needs quotes"},
		{"bearer: {{env.X}}\n", ", line 1: "}, // a mapping in a mapping, to YAML
		{"bearer:\n", ", line 1: bearer: want a value"},
		{"bearer: !!binary secret\n", ", line 1: bearer: no base64"},
		{"rate: 5\nhold: 1s\nrate: 6\n", ", line 3: rate is there twice, in line 1 as well"},
		{"- rate\n", ", line 1: want NAME: VALUE, as in rate: 500"},
		{"rate\n", ", line 1: want NAME: VALUE"},
		{"rate: 5\n---\nrate: 6\n", ": more than one document"},
		{"rate: \"5\nhold: secret\n", "line "},
		{"rate: 5\n  hold: 1s\n", "line 2: "},
		{"rate: \xff\n", "storm.yaml: "},
		{"rate: x\n", `-r: "x" is no rate`},
	} {
		c := execute("--config", config(t, tt.text))
		if c.status != Usage || !strings.Contains(c.stderr, tt.want) || strings.Contains(c.stderr, "secret") {
			t.Errorf("%q: status %d, %s; want %q", tt.text, c.status, c.stderr, tt.want)
		}
	}
	for name, want := range map[string]string{"/nowhere/storm.yaml": "--config: open ", "/": "--config: read ", "/dev/zero": "is longer than 1 MiB"} {
		if c := execute("--config", name); c.status != Usage || !strings.Contains(c.stderr, want) {
			t.Errorf("%s: %s", name, c.stderr)
		}
	}
}

// What --print-plan prints is read by --config, and the plan is the same.
func TestPrintPlan(t *testing.T) {
	t.Setenv("STORM_TOKEN", "secret")
	args := []string{"-n", "500", "--stage", "0:1000/s:30s,hold:1m", "--hold", "1m", "-H", "Origin: https://a", "--bearer", "{{env.STORM_TOKEN}}",
		"--subprotocol", "a", "--subprotocol", "b", "--size", "9", "--message-rate", "0.5", "--binary", "--csv", "-", "--threshold", "failed<0.1%",
		"ws://h/{{conn}}?a={{env.STORM_TOKEN}}", "ws://[::1]:80/"}
	first := execute(append([]string{"--print-plan"}, args...)...)
	if first.status != 0 || first.did != "" || strings.Contains(first.stdout, "secret") {
		t.Fatalf("status %d, %s, %s", first.status, first.stdout, first.stderr)
	}
	again := execute("--print-plan", "--config", config(t, first.stdout))
	if again.stdout != first.stdout || again.stderr != "" {
		t.Errorf("%s\nand again\n%s%s", first.stdout, again.stdout, again.stderr)
	}
	direct, read := execute(args...).plan, execute("--config", config(t, first.stdout)).plan
	if direct.Digest != read.Digest || direct.String() != read.String() || direct.Hold != time.Minute {
		t.Errorf("%v and %v", direct, read)
	}
	zero := execute("--print-plan", "--size", "0", "--message-rate", "0", "--messages", "2", "--lifetime", "0s", "-c", "0", "--seed", "0")
	again = execute("--print-plan", "--config", config(t, zero.stdout))
	if want := "message-rate: 0\nsize: 0\n"; !strings.Contains(zero.stdout, want) || again.stdout != zero.stdout {
		t.Errorf("%s%s\nand again\n%s%s", zero.stdout, zero.stderr, again.stdout, again.stderr)
	}
	masked := execute("--print-plan", "-H", "X-Key: secret", "ws://u:secret@h/?token=secret")
	if want := "ws://***@h/?token=***"; !strings.Contains(masked.stdout, want) || !strings.Contains(masked.stdout, "X-Key: ***") ||
		strings.Contains(masked.stdout, "secret\"") || !strings.Contains(masked.stdout, "# *** stands for what is secret") {
		t.Errorf("%s; want %s in it", masked.stdout, want)
	}
}

// Whatever a text is, --config reads it as --print-plan printed it.
func FuzzPrintPlan(f *testing.F) {
	for _, text := range []string{
		"null", "Null", "~", "true", "yes", "on", "No", "y", "0x10", "0o7", "017", "1e3", "1_000", "1:30", ".inf", ".nan", "2026-11-26", "<<", "=",
		"a: b", "a #b", "#a", "- a", "-", "? a", "!a", "&a", "*a", "|", ">", "%a", "@a", "`a", "{{conn}}", "[a]", "{a: b}", "a,b", `a"b\`, "'a'", "a:", " a ", "---", "...",
		"a\nb: c", "a\r\nb", "\t", "\x00\x01\x7f", "\u0085\u2028\ufeff", "\xff\xfe", "gr\xc3\xbc\xc3\x9fe", "\U0001f600", "\u200b", "\ue000\U0010ffff\ufffe",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.TrimSpace(text) == "" || text == "-" {
			return
		}
		payload := filepath.Join(t.TempDir(), strings.NewReplacer("/", "", "\x00", "").Replace(text)+"x")
		if os.WriteFile(payload, nil, 0o600) != nil { // a name that is too long
			payload = config(t, "")
		}
		args := []string{"--sni=" + text, "--prometheus=" + text, "--threshold=" + text, "--threshold=b", "--engine=net", "--messages=1", "--payload=" + payload}
		first := execute(append(args, "--print-plan")...)
		name := config(t, first.stdout)
		again, read := execute("--print-plan", "--config", name), execute("--config", name).plan
		if first.status != 0 || again.stdout != first.stdout || again.stderr != "" || read == nil {
			t.Fatalf("%q: status %d\n%s%s\nand again\n%s%s", text, first.status, first.stdout, first.stderr, again.stdout, again.stderr)
		}
		if read.SNI != text || read.Prometheus != text || fmt.Sprintf("%q", read.Thresholds) != fmt.Sprintf("%q", []string{text, "b"}) || read.Payload != payload {
			t.Errorf("%q: read %q, %q, %q, %q from\n%s", text, read.SNI, read.Prometheus, read.Thresholds, read.Payload, first.stdout)
		}
	})
}

func TestMeant(t *testing.T) {
	names := []string{"hold", "host", "header", "html", "connections"}
	for name, want := range map[string]string{
		"hodl": "; did you mean hold?", "hosts": "; did you mean host?", "headers": "; did you mean header?", "htlm": "; did you mean html?",
		"conections": "; did you mean connections?", "conect": "", "x": "", "": "",
	} {
		if got := meant(name, names, ""); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
