// Package bench measures the opening handshake, whole and in its parts. It
// holds nothing but tests: README.md says what each benchmark measures and how
// to compare two runs.
package bench
