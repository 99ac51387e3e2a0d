package session

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

var stateErrors = map[Error]string{
	ErrHandshakeBegun: "ErrHandshakeBegun",
	ErrNoHandshake:    "ErrNoHandshake",
	ErrHandshakeOver:  "ErrHandshakeOver",
	ErrNotOpen:        "ErrNotOpen",
	ErrCloseSent:      "ErrCloseSent",
	ErrCloseReceived:  "ErrCloseReceived",
	ErrBroken:         "ErrBroken",
	ErrAborted:        "ErrAborted",
}

var conditions = [...]string{toEndMessage: "within a message", ifNoCloseQueued: "the first time"}

// outcome is what the diagram says of a transition from s.
func outcome(s State, t transition) string {
	err := stateErrors[t.err]
	if t.err != 0 && t.condition == always {
		return err
	}
	to := "-> " + t.success.String()
	if t.success == s {
		to = "stays"
	}
	if t.failure != Created {
		to += ", or " + t.failure.String()
	}
	if t.condition != always {
		to += " " + conditions[t.condition] + ", else " + err
	}
	return to
}

// diagram is the state table as doc.go has it: the states of equal outcome are
// together.
func diagram() string {
	var b strings.Builder
	for call, row := range transitions {
		name := callNames[call]
		var order []string
		states := map[string][]string{}
		for s, t := range row {
			if call >= int(eventClose) && t == (transition{}) { // cannot happen there
				continue
			}
			o := outcome(State(s), t)
			if states[o] == nil {
				order = append(order, o)
			}
			states[o] = append(states[o], State(s).String())
		}
		for _, o := range order {
			list := states[o]
			for len(list) > 0 {
				n := min(len(list), 4)
				text := strings.Join(list[:n], ", ")
				if list = list[n:]; len(list) > 0 {
					text += ","
				}
				line := fmt.Sprintf("//	%-16s %-46s %s", name, text, o)
				b.WriteString(strings.TrimRight(line, " ") + "\n")
				name, o = "", ""
			}
		}
	}
	return b.String()
}

// The diagram in doc.go is what state.go says.
func TestStateDiagram(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(source), "\n// # States\n//\n")
	block, _, _ = strings.Cut(block, "//\n// Reset leads")
	if want := diagram(); block != want {
		t.Errorf("doc.go has\n%swant\n%s", block, want)
	}
}
