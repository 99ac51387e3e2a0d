//go:build race

package loop

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// Who uses what is being received into, or changes what is being sent, is reported
// by the race detector. The test runs itself again, which then fails.
func TestCallsRace(t *testing.T) {
	const which = "ZEROSHAKE_RACE"
	p, q := []byte{1}, make([]byte, 1)
	done := make(chan struct{})
	switch os.Getenv(which) {
	case "receive":
		a, b := socketPair(t)
		sendto(a, p)
		go func() { q[0]++; close(done) }()
		recvfrom(b, q)
		<-done
		return
	case "send":
		a, _ := socketPair(t)
		go func() { p[0]++; close(done) }()
		sendto(a, p)
		<-done
		return
	}
	for _, what := range []string{"receive", "send"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCallsRace$")
		cmd.Env = append(os.Environ(), which+"="+what)
		out, err := cmd.CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("DATA RACE")) {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
}
