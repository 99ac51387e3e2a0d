package plan

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"testing"
)

func TestCredentials(t *testing.T) {
	t.Setenv("STORM_TOKEN", "abc.def")
	rows := file(t, "user,password\nann,p:1\nbob,\n")
	type o = Options
	for _, tt := range []struct {
		change func(*o)
		k      int
		want   string // the headers, as fmt has them
	}{
		{func(o *o) { o.Bearer = "{{env.STORM_TOKEN}}" }, 0, "[{Authorization Bearer abc.def}]"},
		{func(o *o) { o.User = "Aladdin:open sesame" }, 0, "[{Authorization Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==}]"},
		{func(o *o) { o.User = "{{csv.user}}:{{csv.password}}" }, 0, "[{Authorization Basic YW5uOnA6MQ==}]"},
		{func(o *o) { o.User = "{{csv.user}}:{{csv.password}}" }, 1, "[{Authorization Basic Ym9iOg==}]"},
		{func(o *o) { o.URLs = []string{"ws://Aladdin:open%20sesame@h/"} }, 0, "[{Authorization Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==}]"},
		{func(o *o) { o.Cookies = []string{"a=b", "id={{conn}}; c=d"} }, 7, "[{Cookie a=b; id=7; c=d}]"},
		{func(o *o) { o.Origin, o.Header = "https://{{csv.user}}.example", []string{"X: {{conn}}"} }, 1, "[{X 1} {Origin https://bob.example}]"},
	} {
		p := mustPlan(t, func(o *o) { o.CSVData = rows; tt.change(o) })
		e, err := p.Endpoint(tt.k, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := fmt.Sprint(e.Offer().Header); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestHost(t *testing.T) {
	p := mustPlan(t, func(o *Options) { o.Host = "virtual.example" })
	e, err := p.Endpoint(0, nil)
	if err != nil || e.Offer().Host != "virtual.example" || e.Port() != 9001 {
		t.Errorf("%v, %v", e.Offer(), err)
	}
	refused(t, func(o *Options) { o.Host = "a b" }, "--host: ")
}

func TestCookieJar(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := mustPlan(t, func(o *Options) {
		o.URLs, o.Cookies, o.CookieJar, o.Reconnect = []string{"wss://u:p@h.example/a"}, []string{"a=b"}, true, "1s"
	})
	jar.SetCookies(p.CookieURL(0), []*http.Cookie{
		{Name: "stick", Value: "y", Secure: true}, {Name: "elsewhere", Value: "z", Path: "/other"},
	})
	for want, jar := range map[string]http.CookieJar{"a=b; stick=y": jar, "a=b": nil} {
		e, err := p.Endpoint(0, jar)
		if err != nil {
			t.Fatal(err)
		}
		header := e.Offer().Header
		if len(header) != 2 || header[0].Name != "Cookie" || header[0].Value != want {
			t.Errorf("%v, want %s", header, want)
		}
	}
}

// Connections that ask for the same share an endpoint, and no others do.
func TestShared(t *testing.T) {
	rows := file(t, "a\n1\n2\n3\n")
	for _, tt := range []struct {
		urls   []string
		header string
		n      int
		period int // 0: each has its own
	}{
		{[]string{"ws://a/"}, "x", 100, 1},
		{[]string{"ws://a/", "ws://b/"}, "x", 100, 2},
		{[]string{"ws://a/"}, "{{csv.a}}", 100, 3},
		{[]string{"ws://a/", "ws://b/"}, "{{csv.a}}", 100, 6},
		{[]string{"ws://a/", "ws://b/"}, "{{csv.a}}", 4, 6},
		{[]string{"ws://a/", "ws://b/{{conn}}"}, "x", 100, 0},
		{[]string{"ws://a/"}, "{{uuid}}", 100, 0},
	} {
		p := mustPlan(t, func(o *Options) {
			o.URLs, o.Header, o.CSVData, o.Connections = tt.urls, []string{"X: " + tt.header}, rows, tt.n
		})
		for i := range tt.n {
			for j := range i {
				a, _ := p.Endpoint(i, nil)
				b, _ := p.Endpoint(j, nil)
				if same := tt.period > 0 && i%tt.period == j%tt.period; (a == b) != same {
					t.Fatalf("%v, %s: connections %d and %d share an endpoint: %v", tt.urls, tt.header, i, j, a == b)
				}
			}
		}
		last, err := p.Endpoint(tt.n-1, nil)
		if want := p.URL(tt.n - 1); err != nil || last.String() != want {
			t.Errorf("%v: %v, %v; want %s", tt.urls, last, err, want)
		}
	}
}
