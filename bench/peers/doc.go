// Package peers measures client handshakes of other libraries beside those of
// zeroshake, all on the same fake connection and all asserting their answer.
// It is a module of its own so that zeroshake does not depend on its peers.
//
// bench/README.md says how to run it and how to read it.
package peers
