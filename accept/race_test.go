//go:build race

package accept_test

const raceEnabled = true
