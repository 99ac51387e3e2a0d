// Gate compares two records of benchmarks and fails if the new one is worse.
//
// Usage:
//
//	gate [flags] OLD NEW
//	gate -growth [flags] RECORD
//
// A record is the output of go test -bench, of one machine, with every
// benchmark run several times (https://go.dev/design/14313-benchmark-format).
// Benchmarks are the same if their packages and names are; the number of
// processors that go test puts behind a name does not count. The new record
// fails with
//
//   - more B/op or allocs/op, by however little. The least of all runs counts:
//     a run may count memory that is allocated once and used again, but none
//     counts less than what is allocated each time.
//   - more time, in units of a yardstick.
//   - a benchmark that is gone, or lacks a unit that it had.
//
// New benchmarks are listed. The exit code is 0 if nothing failed, 1 if
// something did, and 2 if the records could not be compared: those of different
// systems, for one.
//
// # Time
//
// Nanoseconds say more of the machine than of the code, so they are not
// compared. A yardstick is a benchmark in the same record whose code stays as it
// is; what is compared are times divided by it. The file that -yardsticks names
// says which benchmarks are measured by which yardstick: a filter
// (https://pkg.go.dev/golang.org/x/perf/benchproc/syntax) and a name in each line, of
// which the first that matches counts. Without the flag, or without a line
// that matches, no time is judged.
//
// Each run is divided by the nearest runs of its yardstick in the record, since
// those met the same machine: by the median of a series that nothing
// interrupts, the later one of two equally near. So the best record is one of many short passes, each of them a
// benchmark with its yardstick right behind it; go test -count 10 gives a
// usable one on a machine that does nothing else.
//
// A time fails if it is worse by more than -threshold percent with significance:
// if the Mann-Whitney U-test tells the new ratios from the old ones, each made
// worse by the threshold, with p < 0.001. That needs seven runs. If the CPUs of
// the records differ, the threshold is -other-cpu, since a ratio survives
// another clock but not quite another design.
//
// # Example
//
// The old record was made on the same CPU; in the new one Parse takes half as
// long again, and Send allocates.
//
//	$ gate -yardsticks yardsticks.txt old.txt worse.txt
//	old: old.txt (linux, amd64, AMD EPYC, go1.26.0)
//	new: worse.txt (linux, amd64, AMD EPYC, go1.26.0)
//	time in units of the yardstick, limit +15 %
//
//	pkg: example.org/bench
//	benchmark       old         new         change   B/op    allocs/op
//	Parse/head=551  0.248 ± 3%  0.375 ± 2%  +51.26%  0       0          FAIL time
//	Begin           1.336 ± 2%  1.333 ± 3%  ~        0       0          ok
//	Send/size=128   0.748 ± 2%  0.756 ± 2%  ~        0 → 48  0 → 1      FAIL B/op, allocs/op
//
//	FAIL: 2
//
// # Growth
//
// With -growth, one record is read, and benchmarks are compared that differ in
// nothing but the n= in their names: how much longer each of the n takes where
// there are more. The threshold is -threshold; a step fails if the confidence
// interval of the median at 0.999 is above it.
//
//	$ gate -growth -threshold 50 growth.txt
//	benchmark         n   time/n   then n  time/n   growth
//	Growth/of=octets  16  10.1 ns  64      10.2 ns  1.01 ± 3%  ok
//	Growth/of=pairs   16  163 ns   64      652 ns   4.00 ± 3%  FAIL
//
//	FAIL: 1
package main
