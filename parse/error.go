package parse

// Error says why a head or a header value was refused. It is one byte, so
// making it an error allocates nothing. The texts name the rule and its
// section of RFC 9110, RFC 9112 or RFC 6455.
//
// errors.Is matches an Error with itself, and with the classes of package
// session (see Covers there).
type Error uint8

const (
	// ErrIncomplete: the head does not end in the bytes given. Not a fault:
	// call again with the same bytes and more behind them.
	ErrIncomplete Error = iota + 1
	// ErrTooLarge: the head is longer than Response.MaxBytes.
	ErrTooLarge
	// ErrTooManyFields: the head has more field lines than Response.MaxFields.
	ErrTooManyFields

	// The status line, RFC 9112 section 4.

	// ErrVersion: the head does not begin with HTTP/1.x and one space.
	ErrVersion
	// ErrStatus: the status code is not exactly three digits.
	ErrStatus
	// ErrStatusEnd: the status code is followed by neither a space nor the line end.
	ErrStatusEnd
	// ErrInterimVersion: a 1xx status in an HTTP/1.0 response (RFC 9110 section 15.2).
	ErrInterimVersion
	// ErrReason: a control octet in the reason phrase.
	ErrReason

	// Lines, RFC 9112 section 2.2.

	// ErrBareLF: a line ends in LF without CR.
	ErrBareLF
	// ErrBareCR: a CR without LF behind it.
	ErrBareCR
	// ErrLeadingSpace: the line after the status line begins with white space.
	ErrLeadingSpace

	// Field lines, RFC 9112 section 5 and RFC 9110 section 5.5.

	// ErrSpaceBeforeColon: white space between a field name and its colon.
	ErrSpaceBeforeColon
	// ErrName: a field name that is empty or not a token.
	ErrName
	// ErrNoColon: a field line that ends without a colon.
	ErrNoColon
	// ErrValue: a control octet in a field value.
	ErrValue

	// ErrChanged: octets that an earlier call looked at have changed since.
	ErrChanged

	// Lists, RFC 9110 section 5.6.1 and RFC 6455 section 9.1.

	// ErrToken: a list element that is not a token.
	ErrToken
	// ErrExtension: not the grammar of an extension list.
	ErrExtension
)

var errorText = [...]string{
	ErrIncomplete:       "response head incomplete",
	ErrTooLarge:         "response head longer than the limit",
	ErrTooManyFields:    "more header lines than the limit",
	ErrVersion:          "status line does not begin with HTTP/1.x and a space (RFC 9112 section 4)",
	ErrStatus:           "status code is not three digits (RFC 9112 section 4)",
	ErrStatusEnd:        "status code is not followed by a space or the line end (RFC 9112 section 4)",
	ErrInterimVersion:   "1xx status in an HTTP/1.0 response (RFC 9110 section 15.2)",
	ErrReason:           "control octet in the reason phrase (RFC 9112 section 4)",
	ErrBareLF:           "line ends in LF without CR (RFC 9112 section 2.2)",
	ErrBareCR:           "CR without LF (RFC 9112 section 2.2)",
	ErrLeadingSpace:     "white space begins the line after the status line (RFC 9112 section 2.2)",
	ErrSpaceBeforeColon: "white space between header name and colon (RFC 9112 section 5.1)",
	ErrName:             "header name is empty or not a token (RFC 9110 section 5.1)",
	ErrNoColon:          "header line without colon (RFC 9112 section 5)",
	ErrValue:            "control octet in a header value (RFC 9110 section 5.5)",
	ErrChanged:          "octets looked at before have changed",
	ErrToken:            "list element is not a token (RFC 9110 section 5.6.1)",
	ErrExtension:        "not the grammar of an extension list (RFC 6455 section 9.1)",
}

func (e Error) Error() string {
	if int(e) < len(errorText) && errorText[e] != "" {
		return "parse: " + errorText[e]
	}
	return "parse: unknown error"
}

// Is lets errors.Is match the error classes of package session, which parse
// does not import: a target that has a method Covers is asked.
func (e Error) Is(target error) bool {
	c, ok := target.(interface{ Covers(Error) bool })
	return ok && c.Covers(e)
}
