package session

// State is where a Client is in its life. The zero State is Created.
type State uint8

const (
	Created     State = iota // no handshake begun
	Handshaking              // the request is made, the response not judged
	Open                     // the handshake succeeded
	Failed                   // the handshake was refused; final until Reset
	numStates
)

var stateNames = [numStates]string{"Created", "Handshaking", "Open", "Failed"}

func (s State) String() string {
	if s >= numStates {
		return "unknown state"
	}
	return stateNames[s]
}

// call is a method whose effect depends on the state.
type call uint8

const (
	callBegin call = iota // BeginHandshake, HandshakeHeaders
	callEnd               // EndHandshake
	numCalls
)

// transition is what a call does in a state: err if it is not allowed there,
// else the state behind its success and behind a protocol error. An error of
// the caller's changes nothing.
type transition struct {
	success, failure State
	err              Error
}

// transitions is the state table. Reset leads from every state to Created.
var transitions = [numCalls][numStates]transition{
	callBegin: {
		Created:     {success: Handshaking},
		Handshaking: {err: ErrHandshakeBegun},
		Open:        {err: ErrHandshakeBegun},
		Failed:      {err: ErrHandshakeBegun},
	},
	callEnd: {
		Created:     {err: ErrNoHandshake},
		Handshaking: {success: Open, failure: Failed},
		Open:        {err: ErrHandshakeOver},
		Failed:      {err: ErrHandshakeOver},
	},
}
