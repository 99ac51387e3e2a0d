package plan

import (
	"math"
	"time"
)

// Unset is an option that was not given, where 0 is a value, be it one that is refused.
const Unset = math.MinInt32

// Options are what a user asks for, flag by flag, unchecked: see the help of each
// flag for its notation. Zero is "not given", but for those whose comment says
// otherwise; start from Defaults.
type Options struct {
	// What to connect to.
	URLs       []string // templates; none: the embedded server's, see Plan.SetURL
	URLFile    string   // one a line, besides URLs
	CSVData    string   // FILE with a head line, for {{csv.COLUMN}}
	Unix       string   // the socket to connect to, whatever the URL says
	ProxyURL   string   // URL, or "env"
	LocalAddrs []string // IP addresses and CIDR blocks
	Seed       uint64
	Engine     string // "loop", "net", or "" for what fits
	Loops      int    // 0: GOMAXPROCS
	KeepAlive  time.Duration
	Reset      bool

	// Load.
	Connections    int      // Unset: what the other options make of it
	Concurrency    int      // Unset: 64 without a rate, else no limit. 0: no limit
	Rate           string   // "500", "500/s", "30/m"
	Stages         []string // "0:1000/s:30s", "1000/s:1m", "hold:1m"
	Poisson        bool
	Duration       time.Duration // arrivals for this long; Unset: without end
	Warmup         time.Duration
	Hold           time.Duration
	Lifetime       time.Duration // Unset: until the end
	StopOnFailures string        // "5%" or "100"
	Reconnect      string        // "100ms:30s" or "1s"; "": not at all
	TimeLimit      time.Duration // of the whole run; 0: none

	// What is said on each connection.
	Messages     int     // Unset with other options about messages: as long as the connection is kept
	MessageRate  float64 // a second; Unset or 0: the next when the last is answered
	Size         int     // Unset: 64. 0: empty messages
	Payload      string  // FILE
	Binary       bool
	EchoCheck    bool
	NoReply      bool // is awaited
	PingInterval time.Duration

	// The request.
	Header              []string // "Name: value"
	Cookies             []string // "name=value"
	CookieJar           bool
	User                string // "name:password"
	Bearer              string
	Origin              string
	Host                string
	Subprotocols        []string
	SubprotocolOptional bool
	Extensions          []string
	Compress            bool

	// TLS.
	CACert, Cert, Key string // files
	TLSMin, TLSMax    string // "1.2", "1.3"
	TLSResume         bool
	Insecure          bool
	SNI               string

	// Deadlines.
	Timeout          time.Duration // from dial start to open
	ConnectTimeout   time.Duration // Unset: Timeout
	HandshakeTimeout time.Duration // Unset: Timeout
	CloseTimeout     time.Duration
	ReplyTimeout     time.Duration
	PingTimeout      time.Duration // Unset: PingInterval

	// Output: files, "-" for stdout.
	JSON, CSV, HTML, Bench, HDR string
	Thresholds                  []string // as package threshold has them
	Prometheus                  string   // HOST:PORT to be scraped at
	Verbose, Quiet              bool
}

// Defaults are the options of a command line without any flag.
func Defaults() Options {
	return Options{
		Connections:      Unset,
		Concurrency:      Unset,
		Duration:         Unset,
		Lifetime:         Unset,
		Messages:         Unset,
		MessageRate:      Unset,
		Size:             Unset,
		Timeout:          10 * time.Second,
		ConnectTimeout:   Unset,
		HandshakeTimeout: Unset,
		CloseTimeout:     time.Second,
		ReplyTimeout:     defaultReplyTimeout,
		PingTimeout:      Unset,
		Seed:             1,
	}
}
