package session_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// Every error: its class, by name, and what websocket.h would have returned.
var errorTable = []struct {
	err     session.Error
	classes string
	hresult uint32
}{
	{session.ErrInvalidProtocolFormat, "invalid protocol format", 0x83760002},
	{session.ErrInvalidProtocolOperation, "invalid protocol operation", 0x83760001},
	{session.ErrUnsupportedExtension, "unsupported extension", 0x83760003},
	{session.ErrUnsupportedSubprotocol, "unsupported subprotocol", 0x83760004},
	{session.ErrUnsupportedVersion, "unsupported version, unexpected status", 0x83760005},
	{session.ErrUnexpectedStatus, "unexpected status", 0x83760002},
	{session.ErrTooLarge, "too large", 0x83760002},
	{session.ErrInvalidArgument, "invalid argument", 0x80070057},
	{session.ErrShortBuffer, "short buffer", 0x8007007a},
	{session.ErrAborted, "invalid protocol operation, aborted", 0x80004004},

	{session.ErrNoHandshake, "invalid protocol operation", 0x83760001},
	{session.ErrHandshakeBegun, "invalid protocol operation", 0x83760001},
	{session.ErrHandshakeOver, "invalid protocol operation", 0x83760001},
	{session.ErrHeaderName, "invalid protocol format", 0x83760002},
	{session.ErrHeaderValue, "invalid protocol format", 0x83760002},
	{session.ErrUpgradeMissing, "invalid protocol format", 0x83760002},
	{session.ErrUpgradeValue, "invalid protocol format", 0x83760002},
	{session.ErrUpgradeRepeated, "invalid protocol format", 0x83760002},
	{session.ErrConnectionMissing, "invalid protocol format", 0x83760002},
	{session.ErrConnectionValue, "invalid protocol format", 0x83760002},
	{session.ErrAcceptMissing, "invalid protocol format", 0x83760002},
	{session.ErrAcceptValue, "invalid protocol format", 0x83760002},
	{session.ErrAcceptRepeated, "invalid protocol format", 0x83760002},
	{session.ErrExtensionsEmpty, "invalid protocol format", 0x83760002},
	{session.ErrExtensionsSyntax, "invalid protocol format", 0x83760002},
	{session.ErrExtensionNotOffered, "unsupported extension", 0x83760003},
	{session.ErrExtensionTaken, "unsupported extension", 0x83760003},
	{session.ErrDeflateParameter, "unsupported extension", 0x83760003},
	{session.ErrDeflateRepeated, "unsupported extension", 0x83760003},
	{session.ErrDeflateTakeoverValue, "unsupported extension", 0x83760003},
	{session.ErrDeflateServerBits, "unsupported extension", 0x83760003},
	{session.ErrDeflateClientBits, "unsupported extension", 0x83760003},
	{session.ErrDeflateServerTakeover, "unsupported extension", 0x83760003},
	{session.ErrDeflateServerWindow, "unsupported extension", 0x83760003},
	{session.ErrDeflateClientWindow, "unsupported extension", 0x83760003},
	{session.ErrDeflateTwice, "unsupported extension", 0x83760003},
	{session.ErrSubprotocolUnasked, "unsupported subprotocol", 0x83760004},
	{session.ErrSubprotocolRepeated, "invalid protocol format", 0x83760002},
	{session.ErrSubprotocolEmpty, "invalid protocol format", 0x83760002},
	{session.ErrSubprotocolValue, "invalid protocol format", 0x83760002},
	{session.ErrSubprotocolNotOffered, "unsupported subprotocol", 0x83760004},
	{session.ErrSubprotocolMissing, "unsupported subprotocol", 0x83760004},
	{session.ErrOfferTarget, "invalid argument", 0x80070057},
	{session.ErrOfferHost, "invalid argument", 0x80070057},
	{session.ErrOfferToken, "invalid argument", 0x80070057},
	{session.ErrOfferRepeated, "invalid argument", 0x80070057},
	{session.ErrOfferExtension, "invalid argument", 0x80070057},
	{session.ErrOfferExtensions, "invalid argument", 0x80070057},
	{session.ErrOfferDeflate, "invalid argument", 0x80070057},
	{session.ErrOfferHeaderName, "invalid argument", 0x80070057},
	{session.ErrOfferHeaderValue, "invalid argument", 0x80070057},
	{session.ErrOfferHeaderBody, "invalid argument", 0x80070057},
	{session.ErrOfferHeaderOwned, "invalid argument", 0x80070057},
	{session.ErrReceiveBufferSize, "invalid argument", 0x80070057},
	{session.ErrSendBufferSize, "invalid argument", 0x80070057},
	{session.ErrSendType, "invalid argument", 0x80070057},
	{session.ErrOpQueued, "invalid argument", 0x80070057},
	{session.ErrSendControl, "invalid argument", 0x80070057},
	{session.ErrSendCloseStatus, "invalid argument", 0x80070057},
	{session.ErrSendCloseReason, "invalid argument", 0x80070057},
	{session.ErrActionQueue, "invalid argument", 0x80070057},
	{session.ErrActionUnknown, "invalid argument", 0x80070057},
	{session.ErrActionCount, "invalid argument", 0x80070057},
	{session.ErrNotOpen, "invalid protocol operation", 0x83760001},
	{session.ErrCloseSent, "invalid protocol operation", 0x83760001},
	{session.ErrCloseReceived, "invalid protocol operation", 0x83760001},
	{session.ErrBroken, "invalid protocol operation", 0x83760001},
	{session.ErrSendCut, "invalid protocol operation", 0x83760001},
	{session.ErrSendMessageOpen, "invalid protocol operation", 0x83760001},
	{session.ErrSendUTF8, "invalid protocol operation", 0x83760001},
	{session.ErrContinuation, "invalid protocol operation", 0x83760001},
	{session.ErrMessageOpen, "invalid protocol operation", 0x83760001},
	{session.ErrFrameMasked, "invalid protocol format", 0x83760002},
	{session.ErrFrameReserved, "invalid protocol format", 0x83760002},
	{session.ErrFrameOpcode, "invalid protocol format", 0x83760002},
	{session.ErrFrameLengthForm, "invalid protocol format", 0x83760002},
	{session.ErrFrameLength, "invalid protocol format", 0x83760002},
	{session.ErrControlFragmented, "invalid protocol format", 0x83760002},
	{session.ErrControlLength, "invalid protocol format", 0x83760002},
	{session.ErrUTF8, "invalid protocol format", 0x83760002},
	{session.ErrCloseLength, "invalid protocol format", 0x83760002},
	{session.ErrCloseStatus, "invalid protocol format", 0x83760002},
	{session.ErrCloseReason, "invalid protocol format", 0x83760002},
	{session.ErrDeflateData, "invalid protocol format", 0x83760002},
	{session.ErrMessageSize, "too large", 0x83760002},
	{session.ErrDeflateUnsupported, "unsupported extension", 0x83760003},
}

func TestErrors(t *testing.T) {
	texts := map[string]bool{}
	for _, row := range errorTable {
		if got := classesOf(row.err); got != row.classes {
			t.Errorf("%v is of the classes %s, want %s", row.err, got, row.classes)
		}
		for _, other := range errorTable {
			rule := other.err > session.ErrAborted
			if got := errors.Is(row.err, other.err); rule && got != (row.err == other.err) {
				t.Errorf("%v is %v: %v", row.err, other.err, got)
			}
		}
		wrapped := fmt.Errorf("dial: %w", &session.OfferError{Field: "Host", Index: -1, Err: row.err})
		for _, err := range []error{row.err, wrapped} {
			if got := session.HRESULT(err); got != row.hresult {
				t.Errorf("HRESULT(%v) = %#x, want %#x", err, got, row.hresult)
			}
		}
		text := row.err.Error()
		if texts[row.classes+text] || !strings.HasPrefix(text, "websocket: ") {
			t.Errorf("text %q", text)
		}
		texts[row.classes+text] = true
	}
	// The table has every error: the values behind it say nothing.
	for e := range 256 {
		err := session.Error(e)
		known := 0 < e && e <= len(errorTable)
		if unknown := strings.Contains(err.Error(), "unknown error"); unknown == known {
			t.Errorf("%d: %q", e, err.Error())
		}
		if !known && (classesOf(err) != "" || session.HRESULT(err) != 0x80004005) {
			t.Errorf("%d: %s, %#x", e, classesOf(err), session.HRESULT(err))
		}
	}
}

// Those of package parse have classes, too.
func TestParseErrors(t *testing.T) {
	for _, row := range []struct {
		name    string
		err     parse.Error
		classes string
		hresult uint32
	}{
		{parsetest.At("incomplete"), parse.ErrIncomplete, "", 0x80004005},
		{parsetest.At("too large"), parse.ErrTooLarge, "too large", 0x83760002},
		{parsetest.At("too many fields"), parse.ErrTooManyFields, "too large", 0x83760002},
		{parsetest.At("version"), parse.ErrVersion, "invalid protocol format", 0x83760002},
		{parsetest.At("status"), parse.ErrStatus, "invalid protocol format", 0x83760002},
		{parsetest.At("status end"), parse.ErrStatusEnd, "invalid protocol format", 0x83760002},
		{parsetest.At("interim version"), parse.ErrInterimVersion, "invalid protocol format", 0x83760002},
		{parsetest.At("reason"), parse.ErrReason, "invalid protocol format", 0x83760002},
		{parsetest.At("bare LF"), parse.ErrBareLF, "invalid protocol format", 0x83760002},
		{parsetest.At("bare CR"), parse.ErrBareCR, "invalid protocol format", 0x83760002},
		{parsetest.At("leading space"), parse.ErrLeadingSpace, "invalid protocol format", 0x83760002},
		{parsetest.At("space before colon"), parse.ErrSpaceBeforeColon, "invalid protocol format", 0x83760002},
		{parsetest.At("name"), parse.ErrName, "invalid protocol format", 0x83760002},
		{parsetest.At("no colon"), parse.ErrNoColon, "invalid protocol format", 0x83760002},
		{parsetest.At("value"), parse.ErrValue, "invalid protocol format", 0x83760002},
		{parsetest.At("changed"), parse.ErrChanged, "invalid protocol format", 0x83760002},
		{parsetest.At("token"), parse.ErrToken, "invalid protocol format", 0x83760002},
		{parsetest.At("extension"), parse.ErrExtension, "invalid protocol format", 0x83760002},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, err := range []error{row.err, fmt.Errorf("reading: %w", row.err)} {
				if got := classesOf(err); got != row.classes {
					t.Errorf("%v is of the classes %q, want %q", err, got, row.classes)
				}
				if got := session.HRESULT(err); got != row.hresult {
					t.Errorf("HRESULT(%v) = %#x, want %#x", err, got, row.hresult)
				}
			}
			for _, other := range errorTable {
				if got := errors.Is(row.err, other.err); got && other.err > session.ErrAborted {
					t.Errorf("%v is the rule %v", row.err, other.err)
				}
			}
		})
	}
}

func TestHRESULT(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
		want uint32
	}{
		{parsetest.At("S_OK"), nil, 0},
		{parsetest.At("E_FAIL"), io.EOF, 0x80004005},
		{parsetest.At("E_FAIL, wrapped"), fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), 0x80004005},
		{parsetest.At("wrapped"), fmt.Errorf("dial: %w", session.ErrAcceptValue), 0x83760002},
		{parsetest.At("joined"), errors.Join(io.EOF, session.ErrShortBuffer), 0x8007007a},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := session.HRESULT(row.err); got != row.want {
				t.Errorf("%#x, want %#x", got, row.want)
			}
		})
	}
}

func TestOfferErrorText(t *testing.T) {
	for _, row := range []struct {
		name string
		err  session.OfferError
		want []string
	}{
		{parsetest.At("no list"), session.OfferError{Field: "Host", Index: -1, Err: session.ErrOfferHost}, []string{"Host", session.ErrOfferHost.Error()[len("websocket: "):]}},
		{parsetest.At("a list"), session.OfferError{Field: "Header", Index: 12, Err: session.ErrOfferHeaderName}, []string{"Header[12]", session.ErrOfferHeaderName.Error()[len("websocket: "):]}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, want := range row.want {
				if text := row.err.Error(); !strings.Contains(text, want) {
					t.Errorf("%q lacks %q", text, want)
				}
			}
			if errors.Unwrap(&row.err) != row.err.Err {
				t.Error("Unwrap")
			}
		})
	}
}
