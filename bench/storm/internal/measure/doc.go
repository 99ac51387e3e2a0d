// Package measure counts and times what a run does.
//
// A [Recorder] is written to by the loops of a run, each through a [Shard] of its
// own, and read while the run goes on. What it has at the end is a [Result]:
// counts that add up, latencies as histograms, failures by reason, and a row for
// every second. Results of one plan can be merged, and nothing is lost by it, for
// all that is in them is integers that add, least or greatest instants, and
// histograms with the same buckets.
//
//	phase.go     Phase: what is timed
//	histogram.go Histogram
//	hdr.go       a Histogram in the encoding of HdrHistogram
//	recorder.go  Config, Recorder and its reading side
//	shard.go     Shard: the writing side, about opening
//	exchange.go  and about what is open
//	interval.go  what a Shard keeps of one second
//	series.go    Series and Row: a run second by second
//	counts.go    Counts
//	reasons.go   Reasons and Example: what went wrong
//	result.go    Result, Settings and End
//	merge.go     Merge
//	json.go      writing and reading a Result
//
// All times are in nanoseconds. A run is measured from its start on, which is the
// zero of all instants in a Result.
package measure
