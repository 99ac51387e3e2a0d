package plan

// Flag is a flag of the command line, and a key of a file of settings.
type Flag struct {
	Name, Short string
	Arg         string // what its value is called; "" for a switch
	Help        string // fits a line
	// Value is a pointer to what it sets: an int, uint64, float64, string, bool,
	// time.Duration or []string.
	Value any

	mask   func(string) string // of a value; nil: it holds no secret
	local  bool                // may differ between plans whose results are added up (what a file holds need not)
	output bool                // is about the report, and no setting of the run

	Merge bool // is for storm merge as well
}

// Group is flags under one heading.
type Group struct {
	Title string
	Flags []Flag
}

// Groups has a flag for every option of o.
func Groups(o *Options) []Group {
	return []Group{
		{"Load", []Flag{
			{Name: "connections", Short: "n", Arg: "N", Help: "open N (2000, or what the stages make)", Value: &o.Connections},
			{Name: "concurrency", Short: "c", Arg: "N", Help: "at most N at work, 0: no limit (64; -r: none)", Value: &o.Concurrency},
			{Name: "rate", Short: "r", Arg: "RATE", Help: "arrivals, however fast the server: 500, 30/m", Value: &o.Rate},
			{Name: "stage", Arg: "STAGE,...", Help: "RATE:D, FROM:TO:D or hold:D, one after another", Value: &o.Stages},
			{Name: "poisson", Help: "arrivals at random, not evenly spaced", Value: &o.Poisson},
			{Name: "duration", Arg: "D", Help: "arrivals for this long", Value: &o.Duration},
			{Name: "warmup", Arg: "D", Help: "leave what begins within D out of the figures", Value: &o.Warmup},
			{Name: "lifetime", Arg: "D", Help: "close each after D (at the end of the run)", Value: &o.Lifetime},
			{Name: "hold", Arg: "D", Help: "keep them for D after the last has opened", Value: &o.Hold},
			{Name: "reconnect", Arg: "D:D", Help: "dial again what failed: shortest:longest pause", Value: &o.Reconnect},
			{Name: "stop-on-failures", Arg: "N|N%", Help: "end the run if more of them fail", Value: &o.StopOnFailures},
			{Name: "time-limit", Arg: "D", Help: "end the run after D, whatever is under way", Value: &o.TimeLimit},
			{Name: "seed", Arg: "N", Help: "of what is random: same seed, same plan (1)", Value: &o.Seed, local: true},
		}},
		{"Messages", []Flag{
			{Name: "messages", Arg: "N", Help: "on each (no end, if one of these is given)", Value: &o.Messages},
			{Name: "message-rate", Arg: "N", Help: "a second (the next when the last is answered)", Value: &o.MessageRate},
			{Name: "size", Arg: "N", Help: "octets of a message (64)", Value: &o.Size},
			{Name: "payload", Arg: "FILE", Help: "what FILE holds: see storm help templates", Value: &o.Payload, local: true},
			{Name: "binary", Help: "binary messages, not text", Value: &o.Binary},
			{Name: "echo-check", Help: "the reply must be what was sent", Value: &o.EchoCheck},
			{Name: "no-reply", Help: "none is awaited: the server does not answer", Value: &o.NoReply},
			{Name: "ping-interval", Arg: "D", Help: "ping each connection", Value: &o.PingInterval},
		}},
		{"Request", []Flag{
			{Name: "header", Short: "H", Arg: "'NAME: VALUE'", Help: "send this as well, repeatable", Value: &o.Header, mask: maskHeader},
			{Name: "cookie", Arg: "NAME=VALUE", Help: "send this as well, repeatable", Value: &o.Cookies, mask: maskCookie},
			{Name: "cookie-jar", Help: "keep what the server sets for who comes back", Value: &o.CookieJar},
			{Name: "user", Short: "u", Arg: "NAME:PASSWORD", Help: "Basic; '{{env.NAME}}' may stand for either", Value: &o.User, mask: maskTemplate},
			{Name: "bearer", Arg: "TOKEN", Help: "or '{{env.NAME}}', '{{file.PATH}}'", Value: &o.Bearer, mask: maskTemplate},
			{Name: "origin", Arg: "ORIGIN", Help: "such as https://host.example", Value: &o.Origin},
			{Name: "host", Arg: "HOST[:PORT]", Help: "in the request; the URL's is dialled", Value: &o.Host},
			{Name: "subprotocol", Arg: "NAME", Help: "offer this, repeatable, the preferred first", Value: &o.Subprotocols},
			{Name: "subprotocol-optional", Help: "the server need not choose one", Value: &o.SubprotocolOptional},
			{Name: "extension", Arg: "'NAME; PARAM'", Help: "offer this, repeatable", Value: &o.Extensions},
			{Name: "compress", Help: "offer permessage-deflate", Value: &o.Compress},
		}},
		{"Targets and network", []Flag{
			{Name: "url-file", Arg: "FILE", Help: "of URLs, one a line, taken in turn", Value: &o.URLFile, local: true},
			{Name: "csv-data", Arg: "FILE", Help: "a row for each connection, as {{csv.COLUMN}}", Value: &o.CSVData, local: true},
			{Name: "unix", Arg: "PATH", Help: "connect to this socket, whatever the URL says", Value: &o.Unix},
			{Name: "proxy", Arg: "URL|env", Help: "CONNECT through it; env: as $HTTPS_PROXY says", Value: &o.ProxyURL, mask: func(u string) string { return maskURL(u, true) }, local: true},
			{Name: "local-addr", Arg: "IP|CIDR,...", Help: "dial from these in turn", Value: &o.LocalAddrs, local: true},
			{Name: "keepalive", Arg: "D", Help: "TCP's (none)", Value: &o.KeepAlive},
			{Name: "reset", Help: "end by a TCP reset: no port is in TIME_WAIT", Value: &o.Reset},
			{Name: "engine", Arg: "loop|net", Help: "loop (epoll) for ws on Linux, else net", Value: &o.Engine},
			{Name: "loops", Arg: "N", Help: "event loops (one a processor)", Value: &o.Loops, local: true},
		}},
		{"TLS", []Flag{
			{Name: "cacert", Arg: "FILE", Help: "trust these CAs alone", Value: &o.CACert, local: true},
			{Name: "cert", Arg: "FILE", Help: "client certificate, and", Value: &o.Cert, local: true},
			{Name: "key", Arg: "FILE", Help: "its private key", Value: &o.Key, local: true},
			{Name: "tls-min", Arg: "VERSION", Help: "1.0 to 1.3", Value: &o.TLSMin},
			{Name: "tls-max", Arg: "VERSION", Help: "1.0 to 1.3", Value: &o.TLSMax},
			{Name: "tls-resume", Help: "resume sessions; else all handshakes are full", Value: &o.TLSResume},
			{Name: "sni", Arg: "NAME", Help: "ask for, and verify, NAME, not the URL's host", Value: &o.SNI},
			{Name: "insecure", Help: "leave the server's certificate unverified", Value: &o.Insecure},
		}},
		{"Deadlines", []Flag{
			{Name: "timeout", Arg: "D", Help: "from dial start to open (10s); of that at most", Value: &o.Timeout},
			{Name: "connect-timeout", Arg: "D", Help: "for lookup and connecting", Value: &o.ConnectTimeout},
			{Name: "handshake-timeout", Arg: "D", Help: "for what comes behind: TLS and upgrade", Value: &o.HandshakeTimeout},
			{Name: "close-timeout", Arg: "D", Help: "for the server to answer a close (1s)", Value: &o.CloseTimeout},
			{Name: "reply-timeout", Arg: "D", Help: "for the reply to a message (10s)", Value: &o.ReplyTimeout},
			{Name: "ping-timeout", Arg: "D", Help: "for a pong (--ping-interval)", Value: &o.PingTimeout},
		}},
		{"Output", []Flag{
			{Name: "json", Arg: "FILE", Help: "result; - is stdout, as for files below", Value: &o.JSON, output: true, Merge: true},
			{Name: "csv", Arg: "FILE", Help: "a line a second", Value: &o.CSV, output: true, Merge: true},
			{Name: "html", Arg: "FILE", Help: "one page with plots, for any browser", Value: &o.HTML, output: true, Merge: true},
			{Name: "bench", Arg: "FILE", Help: "Go benchmark format, for benchstat", Value: &o.Bench, output: true, Merge: true},
			{Name: "hdr", Arg: "FILE", Help: "HdrHistogram log: each phase, each second", Value: &o.HDR, output: true, Merge: true},
			{Name: "prometheus", Arg: "HOST:PORT", Help: "serve metrics there, /metrics, while it runs", Value: &o.Prometheus, output: true},
			{Name: "threshold", Arg: "'METRIC<N'", Help: "exit 99 unless it holds, repeatable", Value: &o.Thresholds, output: true, Merge: true},
			{Name: "verbose", Short: "v", Help: "with -n 1: each header and each frame", Value: &o.Verbose, output: true},
			{Name: "quiet", Short: "q", Help: "no progress", Value: &o.Quiet, output: true},
		}},
	}
}
