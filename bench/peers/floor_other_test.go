//go:build !linux

package peers

var floors []engine
