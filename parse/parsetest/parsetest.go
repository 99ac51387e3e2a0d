// Package parsetest runs a response head through package parse in every way a
// program could, and holds naive twins of what parse does.
//
// Run is for tables of heads: it feeds one head whole, cut in two at every
// octet, one octet at a time, with other bytes behind it, in memory that moves
// between calls and ends at an unreadable page, and through bufio readers that
// are too small or that fail; all of these must give one answer. Head, Tokens
// and Extensions are the twins: the grammar once more, one octet after the
// other, with nothing clever in them.
//
// In the package:
//
//	parsetest.go   Case, Outcome, Run
//	feed.go        the ways through Response.Parse
//	read.go        the ways through ReadResponse
//	guard_*.go     memory that ends at an unreadable page
//	head.go        the twin of Response.Parse
//	lists.go       the twins of ScanTokens and ScanExtensions
//	at.go          the line of a table's row
package parsetest

import (
	"fmt"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
)

// A Case is one stream that a server may have sent, and how it is to be read.
type Case struct {
	Stream              string // a head and what follows it, or less
	MaxBytes, MaxFields int    // as in parse.Response

	// Then, unless nil, is called at the end of every run, while the views are
	// valid, with the error of Parse or ReadResponse; not when ReadResponse
	// came to the end of an incomplete stream. Its result becomes Outcome.Then
	// and must be the same in every run.
	Then func(r *parse.Response, err error) string
}

// An Outcome is what became of a Case. Nothing in it aliases the stream.
type Outcome struct {
	Err    error // of Parse
	Offset int   // Response.Offset afterwards
	Then   string

	// When Err is nil:
	N             int // the head's length
	Minor, Status int
	Reason        string
	Fields        []string // "name: value"
}

func (o Outcome) String() string {
	if o.Err != nil {
		return fmt.Sprintf("%v at %d, then %q", o.Err, o.Offset, o.Then)
	}
	return fmt.Sprintf("1.%d %d %q, %d octets, offset %d, fields %q, then %q",
		o.Minor, o.Status, o.Reason, o.N, o.Offset, o.Fields, o.Then)
}

// Run puts c through every way of reading it and returns the one outcome. The
// first run that differs from the whole stream parsed at once ends the test.
func Run(tb testing.TB, c Case) Outcome {
	tb.Helper()
	want := c.whole(tb)
	c.feed(tb, want)
	c.read(tb, want)
	return want
}

// response gives a Response with c's limits.
func (c Case) response() *parse.Response {
	return &parse.Response{MaxBytes: c.MaxBytes, MaxFields: c.MaxFields}
}

// outcome copies what r holds after a call that returned n and err.
func (c Case) outcome(r *parse.Response, n int, err error) Outcome {
	o := Outcome{Err: err, Offset: r.Offset()}
	if err == nil {
		o.N, o.Minor, o.Status, o.Reason = n, r.Minor, r.Status, string(r.Reason)
		for _, f := range r.Fields {
			o.Fields = append(o.Fields, string(f.Name)+": "+string(f.Value))
		}
	}
	if c.Then != nil {
		o.Then = c.Then(r, err)
	}
	return o
}
