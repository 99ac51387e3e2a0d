package plan

import (
	"regexp"
	"strings"
	"testing"
)

func TestPayload(t *testing.T) {
	t.Setenv("STORM_TEST", "from the environment")
	held := file(t, "from a file\r\n")
	rows := file(t, "\ufeffname,a b\nx,1\n\"y, z\",2\n")
	for _, tt := range []struct {
		text   string
		k, seq int
		want   string
	}{
		{"", 7, 3, ""},
		{"plain", 7, 3, "plain"},
		{"{{conn}}", 7, 3, "7"},
		{"{{ conn }}/{{seq}}.", 7, 3, "7/3."},
		{"{{conn}}{{conn}}{{seq}}", 12, 0, "12120"},
		{"{{csv.name}}={{csv.a b}}", 0, 0, "x=1"},
		{"{{csv.name}}={{csv.a b}}", 1, 0, "y, z=2"},
		{"{{csv.name}}={{csv.a b}}", 2, 0, "x=1"}, // in turn
		{"<{{env.STORM_TEST}}>", 0, 0, "<from the environment>"},
		{"<{{file." + held + "}}>", 0, 0, "<from a file>"},
		// What is no name in braces is text.
		{`{"a":{"b":{{}}}}`, 7, 3, `{"a":{"b":{{}}}}`},
		{`{{1}} {{"conn"}} {{conn} { {conn}} {{`, 7, 3, `{{1}} {{"conn"}} {{conn} { {conn}} {{`},
		{`{{{conn}}}`, 7, 3, `{7}`},
	} {
		p := mustPlan(t, func(o *Options) { o.Messages, o.Payload, o.CSVData = 1, file(t, tt.text), rows })
		if got := string(p.AppendMessage([]byte("> "), tt.k, tt.seq)); got != "> "+tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestRefusedTemplates(t *testing.T) {
	t.Setenv("STORM_TEST", "a\r\nb: secret")
	t.Setenv("STORM_NAME", "secret")
	rows := file(t, "name,host\nx,a/b\n\"y\nsecret\",c\n")
	latin := file(t, "name\ngr\xfc\xdfe\n")
	payload := func(text string) func(*Options) {
		return func(o *Options) { o.Messages, o.Payload, o.CSVData = 1, file(t, text), rows }
	}
	header := func(text string) func(*Options) {
		return func(o *Options) { o.Header, o.CSVData = []string{"a: b", "c: " + text}, rows }
	}
	url := func(text string) func(*Options) {
		return func(o *Options) { o.URLs, o.CSVData = []string{text}, rows }
	}
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{payload("a\n{{cnn}}"), "/file: {{cnn}} is unknown; there are {{conn}}, {{seq}}, {{uuid}}, {{csv.COLUMN}}, {{env.NAME}}, {{file.PATH}}"},
		{payload("{{env.STORM_NONE}}"), "/file: {{env.STORM_NONE}}: the environment has no STORM_NONE"},
		{payload("{{file./nowhere/f}}"), "/file: {{file./nowhere/f}}: open /nowhere/f: "},
		{payload("{{csv.age}}"), "/file: {{csv.age}}: --csv-data has no column of that name; it has name, host"},
		{func(o *Options) { o.Messages, o.Payload, o.CSVData = 1, file(t, "{{csv.name}}"), latin }, "--payload: {{csv.name}}, row 1: is not UTF-8"},

		{header("{{cnn}}"), "-H, number 2: {{cnn}} is unknown; there are {{conn}}, {{uuid}}, {{csv.COLUMN}}, {{env.NAME}}, {{file.PATH}}"},
		{header("{{seq}}"), "-H, number 2: {{seq}} is the number of a message, and so for --payload alone"},
		{header("{{env.STORM_TEST}}"), "-H, number 2: control octet"}, // no CR LF gets in
		{header("{{csv.name}}"), "-H, number 2: control octet"},       // from any row
		{func(o *Options) { o.Bearer = "{{csv.name}}" }, "--bearer: {{csv.name}} needs --csv-data FILE"},
		{func(o *Options) { o.User = "{{env.STORM_NAME}}" }, "--user: no colon; want NAME:PASSWORD"},
		{func(o *Options) { o.Cookies = []string{"a={{env.STORM_TEST}}"} }, "--cookie: control octet"},
		{func(o *Options) { o.Origin = "{{origin}}" }, "--origin: {{origin}} is unknown"},

		{url("ws://{{csv.host}}/"), "URL: {{csv.host}}, row 1: what stands in the place of a host or port cannot be one"},
		{url("ws://h:{{env.STORM_TEST}}/"), "URL: {{env.STORM_TEST}}: what stands in the place of a host"},
		{url("ws://h:{{env.STORM_NAME}}/"), "URL: malformed"},
		{url("{{csv.host}}/"), "URL: {{csv.host}} may stand for all of the URL, or for something behind its ://"},
		{url("{{csv.host}}"), "URL: scheme"},
		{url("ws://h/{{seq}}"), "URL: {{seq}} is the number of a message"},

		{func(o *Options) { o.CSVData = "/nowhere/rows" }, "--csv-data: open "},
		{func(o *Options) { o.CSVData = file(t, "a,b\n") }, "want a line of column names and at least one row behind it"},
		{func(o *Options) { o.CSVData = file(t, "a,b\n1,secret,3\n") }, "/file: record on line 2: wrong number of fields"},
		{func(o *Options) { o.CSVData = file(t, "a, \n1,2\n") }, "/file: column 2 has no name"},
		{func(o *Options) { o.CSVData = file(t, "a,b,a\n1,2,3\n") }, "/file: two columns are named a"},
	} {
		refused(t, tt.change, tt.want)
	}
}

func TestURLs(t *testing.T) {
	t.Setenv("STORM_BASE", "wss://base.example:8443/a?b=")
	t.Setenv("STORM_HOST", "host.example")
	t.Setenv("STORM_PASSWORD", "p@ss/w:rd?#%")
	rows := file(t, "host,word,url\n127.0.0.1:80,a b/c?d=e&f#é,ws://one/\n[::1]:81,plain-._~,wss://two/x?y\n")
	for _, tt := range []struct {
		url  string
		k    int
		want string
	}{
		{"ws://h/{{conn}}", 7, "ws://h/7"},
		{"ws://127.0.0.{{conn}}:80{{conn}}/", 7, "ws://127.0.0.7:807/"},
		{"ws://{{csv.host}}/?x={{csv.word}}&{{conn}}", 0, "ws://127.0.0.1:80/?x=a%20b%2Fc%3Fd%3De%26f%23%C3%A9&0"},
		{"ws://{{csv.host}}/{{csv.word}}", 1, "ws://[::1]:81/plain-._~"},
		{"ws://u{{conn}}:{{env.STORM_PASSWORD}}@{{env.STORM_HOST}}:80/", 5, "ws://u5:p%40ss%2Fw%3Ard%3F%23%25@host.example:80/"},
		{"{{env.STORM_BASE}}{{csv.word}}", 0, "wss://base.example:8443/a?b=a%20b%2Fc%3Fd%3De%26f%23%C3%A9"},
		{"{{csv.url}}", 1, "wss://two/x?y"},
	} {
		p := mustPlan(t, func(o *Options) { o.URLs, o.CSVData = []string{tt.url}, rows })
		if got := p.URL(tt.k); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.url, got, tt.want)
		}
		if _, err := p.Endpoint(tt.k, nil); err != nil {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
}

func TestUUID(t *testing.T) {
	p := mustPlan(t, func(o *Options) { o.Messages, o.Payload = 1, file(t, "{{uuid}}") })
	again := mustPlan(t, func(o *Options) { o.Messages, o.Payload = 1, file(t, "{{uuid}}") })
	other := mustPlan(t, func(o *Options) { o.Messages, o.Payload, o.Seed = 1, file(t, "{{uuid}}"), 2 })
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := make(map[string]bool)
	for k := range 100 {
		for n := range 100 {
			id := string(p.AppendMessage(nil, k, n))
			if !form.MatchString(id) || seen[id] || id != string(again.AppendMessage(nil, k, n)) || id == string(other.AppendMessage(nil, k, n)) {
				t.Fatalf("message %d of connection %d: %s", n, k, id)
			}
			seen[id] = true
		}
	}
}

func TestAppendMessageDoesNotAllocate(t *testing.T) {
	rows := file(t, "name\nx\n")
	p := mustPlan(t, func(o *Options) {
		o.Messages, o.CSVData = 1, rows
		o.Payload = file(t, "{{conn}} {{seq}} {{uuid}} {{csv.name}} text")
	})
	b := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(100, func() { b = p.AppendMessage(b[:0], 12345, 67) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever a template is, it compiles to an error that names its place, or appends
// text in which what stands around names is as it was.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"", "{{conn}}", "a{{seq}}b{{uuid}}", "{{{conn}}}", "{{csv.a}}", "{{csv.b}}", "{{x}}", "{{\xff}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file.") || strings.Contains(text, "env.") {
			return
		}
		c := compiler{table: &table{[]string{"a"}, [][]string{{"1"}}}, messages: true}
		compiled, err := c.compile("place", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "place: {{") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		got := string(c.append(compiled, nil, 7, 8))
		want := placeholder.ReplaceAllStringFunc(text, func(name string) string {
			switch strings.TrimSpace(strings.Trim(name, "{}")) {
			case "conn":
				return "7"
			case "seq":
				return "8"
			case "csv.a":
				return "1"
			}
			return string(c.appendUUID(nil, 7, 8))
		})
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	})
}
