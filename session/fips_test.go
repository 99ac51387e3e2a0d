package session_test

import (
	"bytes"
	"crypto/fips140"
	"os"
	"os/exec"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

// The handshake works in FIPS 140-only mode, in which crypto/sha1 fails. The
// test runs itself again in that mode.
func TestFIPSOnly(t *testing.T) {
	if fips140.Enforced() {
		req := compile(t, session.Offer{})
		if j := judge(t, req, response(own...)); j.err != nil {
			t.Error(j)
		}
		var c session.Client // with the default source of keys
		if _, err := c.BeginHandshake(nil, req); err != nil {
			t.Error(err)
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFIPSOnly$", "-test.v")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestFIPSOnly")) {
		t.Errorf("%v\n%s", err, out)
	}
}
