//go:build !race

package accept_test

const raceEnabled = false
