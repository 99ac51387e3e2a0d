//go:build !unix

package plan

func fileLimit() uint64 { return 0 }
