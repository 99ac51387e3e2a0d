// Package fuzz holds the fuzz targets of parse, accept, session and its codec. Each has an
// oracle: a naive twin from parsetest or from here, or the standard library.
//
//	go test ./fuzz                              # replays the seeds
//	go test ./fuzz -fuzz FuzzResponse           # looks for more
//
// An input that fails is written to testdata/fuzz; it is committed with the fix.
package fuzz
