package plan

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	usualConnections = 2000
	usualConcurrency = 64
	// mostRandom bounds the arrivals whose sums Poisson keeps and takes at the
	// start.
	mostRandom = 100_000_000
	mostEven   = 1_000_000_000
)

// checkLoad makes the schedule.
func (p *Plan) checkLoad() (err error) {
	given := p.Connections != Unset
	switch {
	case given && (p.Connections < 1 || p.Connections > mostEven):
		return usagef("-n: %d connections; at least 1, at most 1e9", p.Connections)
	case p.Concurrency != Unset && p.Concurrency < 0:
		return usagef("-c: %d at work; at least 1, or 0 for no limit", p.Concurrency)
	case p.Rate != "" && len(p.Stages) > 0:
		return usagef("-r and --stage: a stage has a rate of its own; give one of them")
	}
	stages, err := p.stages()
	if err != nil {
		return err
	}
	n := p.Connections
	switch {
	case given:
	case len(p.Stages) > 0 || len(stages) > 0 && p.Duration > 0:
		n = Unlimited
	case p.Duration > 0 && p.Lifetime < 0:
		return usagef("--duration: without -r or --stage, connections are opened as fast as the server lets, and stay open: " +
			"give -n, a rate, or --lifetime to close them")
	case p.Duration > 0:
		n = Unlimited
	default:
		n = usualConnections
	}
	if n == Unlimited && len(stages) == 0 && p.Concurrency == 0 {
		return usagef("-c: 0 is no limit, and nothing else limits how many are opened at once; give -c or -n")
	}
	if err = p.plan(stages, n); err != nil {
		return err
	}
	if p.Concurrency == Unset {
		p.Concurrency = 0
		if p.Arrivals.Closed() {
			p.Concurrency = usualConcurrency
		}
	}
	if p.Failures, err = parseFailureLimit(p.StopOnFailures); err != nil {
		return err
	}
	if p.Backoff, err = parseBackoff(p.Reconnect); err != nil {
		return err
	}
	if p.Verbose && p.Connections != 1 {
		return usagef("--verbose: shows one connection; give -n 1")
	}
	if p.CookieJar && p.Reconnect == "" && (len(p.Stages) > 0 || p.Rate != "" || p.Lifetime < 0) {
		return usagef("--cookie-jar: nobody comes back; with --reconnect, or without a rate and with --lifetime, a user does")
	}
	return nil
}

// stages are those of --stage, or the one that -r is; none for a closed model.
// They end with --duration.
func (p *Plan) stages() ([]stage, error) {
	stages, err := parseStages(p.Stages)
	if err != nil {
		return nil, err
	}
	if len(p.Stages) > 0 && len(stages) == 0 {
		return nil, usagef("--stage: empty; %s", stageWanted)
	}
	if p.Rate != "" {
		rate, _, problem := parseRate(p.Rate, time.Second)
		switch {
		case problem != "":
			return nil, usagef("-r: %s", problem)
		case rate == 0:
			return nil, usagef("-r: at %s there is no arrival; without -r, connections begin as fast as -c lets", p.Rate)
		}
		length := longest
		if p.Duration > 0 {
			length = p.Duration
		}
		stages = []stage{{rate, rate, length}}
	}
	var at time.Duration
	for i, s := range stages {
		if at += s.length; at > longest {
			return nil, usagef("--stage: the stages take more than a year")
		}
		if over := at - p.Duration; p.Duration > 0 && over >= 0 {
			kept := s.length - over
			s.to = s.from + (s.to-s.from)*float64(kept)/float64(s.length)
			s.length = kept
			stages[i] = s
			return stages[:i+1], nil
		}
	}
	return stages, nil
}

// plan makes the schedule, and refuses one without an arrival, or with too many.
func (p *Plan) plan(stages []stage, n int) error {
	even := newSchedule(stages, n, false, p.Seed)
	total := even.Len()
	switch {
	case p.Poisson && even.Closed():
		return usagef("--poisson: there is no rate; give -r or --stage")
	case p.Rate != "" && !even.Closed() && total < n && n != Unlimited && p.Duration == 0:
		return usagef("-r: at %s, %d arrivals take more than a year", p.Rate, n)
	case total == 0 && even.End() == p.Duration:
		return usagef("%s: there is no arrival within %v", p.rateFlags(&even), p.Duration)
	case total == 0:
		return usagef("--stage: there is no arrival in the stages")
	case p.Poisson && total > mostRandom:
		return usagef("--poisson: %d arrivals; at most 100 million", total)
	case !even.Closed() && total > mostEven:
		return usagef("%s: %d arrivals; at most 1e9", p.rateFlags(&even), total)
	}
	if p.Arrivals = even; p.Poisson {
		p.Arrivals = newSchedule(stages, n, true, p.Seed)
		if p.Arrivals.Len() == 0 {
			return usagef("--poisson: no arrival falls into the time of the plan; another --seed may have one")
		}
	}
	if even.Closed() {
		p.Arrivals.end = p.Duration
	}
	p.Connections = p.Arrivals.Len()
	if end := p.Arrivals.End(); p.Warmup > 0 && end > 0 && p.Warmup >= end && p.Hold == 0 {
		return usagef("--warmup: nothing begins behind %v: arrivals cease after %v", p.Warmup, end)
	}
	return nil
}

// rateFlags are those that s was made of, -n apart.
func (p *Plan) rateFlags(s *Schedule) string {
	flags := "--stage"
	if p.Rate != "" {
		flags = "-r"
	}
	if s.End() == p.Duration {
		flags += " and --duration"
	}
	return flags
}

// longestKeepAlive is what Linux takes, and so package loop.
const longestKeepAlive = 32767 * time.Second

// checkDurations bounds all durations, so that a sum of them is within a
// time.Duration.
func (p *Plan) checkDurations() error {
	if p.KeepAlive > longestKeepAlive {
		return usagef("--keepalive: %v; %v at most", p.KeepAlive, longestKeepAlive)
	}
	usual := Defaults()
	for _, d := range []struct {
		flag         string
		value, usual time.Duration
		must         bool // be positive
	}{
		{"--duration", p.Duration, usual.Duration, true},
		{"--warmup", p.Warmup, usual.Warmup, false},
		{"--lifetime", p.Lifetime, usual.Lifetime, false},
		{"--hold", p.Hold, usual.Hold, false},
		{"--time-limit", p.TimeLimit, usual.TimeLimit, false},
		{"--ping-interval", p.PingInterval, usual.PingInterval, false},
		{"--keepalive", p.KeepAlive, usual.KeepAlive, false},
		{"--timeout", p.Timeout, usual.Timeout, true},
		{"--connect-timeout", p.ConnectTimeout, usual.ConnectTimeout, true},
		{"--handshake-timeout", p.HandshakeTimeout, usual.HandshakeTimeout, true},
		{"--close-timeout", p.CloseTimeout, usual.CloseTimeout, true},
		{"--reply-timeout", p.ReplyTimeout, usual.ReplyTimeout, true},
		{"--ping-timeout", p.PingTimeout, usual.PingTimeout, true},
	} {
		switch {
		case d.value == d.usual:
		case d.must && d.value <= 0:
			return usagef("%s: %v is not positive", d.flag, d.value)
		case d.value < 0:
			return usagef("%s: %v is negative", d.flag, d.value)
		case d.value > longest:
			return usagef("%s: %v; a year at most", d.flag, d.value)
		}
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"--connect-timeout", p.ConnectTimeout}, {"--handshake-timeout", p.HandshakeTimeout}} {
		if d.value > p.Timeout {
			return usagef("%s and --timeout: %v is above %v, which bounds it as well", d.flag, d.value, p.Timeout)
		}
	}
	for _, d := range []*time.Duration{&p.Duration, &p.ConnectTimeout, &p.HandshakeTimeout, &p.PingTimeout} {
		if *d == Unset {
			*d = 0
		}
	}
	return nil
}

// CheckOutputs lets one output alone have stdout, and none the file of another.
func (o *Options) CheckOutputs() error {
	if o.Verbose && o.Quiet {
		return usagef("--verbose and --quiet: give one of them")
	}
	outs := []struct{ flag, file string }{
		{"--json", o.JSON}, {"--csv", o.CSV}, {"--html", o.HTML}, {"--bench", o.Bench}, {"--hdr", o.HDR},
	}
	for i, out := range outs {
		for _, other := range outs[:i] {
			switch {
			case out.file == "" || other.file == "" || !sameFile(other.file, out.file):
			case out.file == "-" || other.file == "-":
				return usagef("%s and %s: both to stdout; give one of them a file", other.flag, out.flag)
			case out.file == other.file:
				return usagef("%s and %s: both to %s; give each a file of its own", other.flag, out.flag, out.file)
			default:
				return usagef("%s and %s: %s and %s are one file; give each a file of its own", other.flag, out.flag, other.file, out.file)
			}
		}
	}
	for i, t := range o.Thresholds {
		if strings.TrimSpace(t) == "" {
			return usagef("--threshold, number %d: empty", i+1)
		}
	}
	return nil
}

// sameFile reports whether two outputs, of which "-" is stdout, are one file, be it
// one that is not there yet.
func sameFile(a, b string) bool {
	if a == b || a != "-" && b != "-" && resolve(a) == resolve(b) {
		return true
	}
	one, err := stat(a)
	other, errOther := stat(b)
	return err == nil && errOther == nil && os.SameFile(one, other)
}

func stat(output string) (os.FileInfo, error) {
	if output == "-" {
		return os.Stdout.Stat()
	}
	return os.Stat(output)
}

// resolve is the path of a file that need not be there, with no link to its directory.
func resolve(name string) string {
	dir, base := filepath.Split(name)
	if path, err := filepath.Abs(dir); err == nil {
		dir = path
	}
	if path, err := filepath.EvalSymlinks(dir); err == nil {
		dir = path
	}
	return filepath.Join(dir, base)
}
