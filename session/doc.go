// Package session is the client's side of a WebSocket connection, RFC 6455,
// without any I/O: the client side of Windows' WebSocket Protocol Component
// API, websocket.h, in Go. The caller moves the octets; a [Client] makes the
// request, judges the response, and allocates nothing doing it.
//
//	request, err := session.NewRequest(session.Offer{Host: "example.com", Target: "/chat"}) // once
//
//	var c session.Client // one per connection
//	octets, err := c.BeginHandshake(buf[:0], request)
//	... write octets to the connection
//	err = parse.ReadResponse(br, &response)
//	extensions, subprotocol, err := c.EndHandshake(&response, selected)
//	... br holds what the server sent behind the head
//
// # websocket.h and this package
//
//	websocket.h                        here
//	WEB_SOCKET_HANDLE                  Client; the caller's memory, no buffer inside
//	WEB_SOCKET_PROPERTY                Config, shared by clients
//	WEB_SOCKET_HTTP_HEADER             Header for requests, parse.Field for responses
//	WebSocketCreateClientHandle        NewClient, Client.Init; the zero Client works too
//	WebSocketBeginClientHandshake      NewRequest, once per offer, and Client.BeginHandshake
//	  pszSubprotocols, pszExtensions     Offer.Subprotocols, Offer.Extensions: one item per entry
//	  pInitialHeaders                    Offer.Header
//	  pAdditionalHeaders                 Client.HandshakeHeaders; BeginHandshake makes the whole request
//	WebSocketEndClientHandshake        Client.EndHandshake
//	  pResponseHeaders                   parse.Response: the head as parsed, status included
//	  pulSelectedExtensions              selected: the caller's slice, filled in place
//	  pulSelectedExtensionCount          len(selected) going in, len(extensions) coming out
//	  pulSelectedSubprotocol             subprotocol; -1 for none
//	WebSocketDeleteHandle              Client.Reset: the same memory, ready for another handshake
//	E_INVALID_PROTOCOL_FORMAT          ErrInvalidProtocolFormat
//	E_INVALID_PROTOCOL_OPERATION       ErrInvalidProtocolOperation
//	E_UNSUPPORTED_EXTENSION            ErrUnsupportedExtension (winerror.h: E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED)
//	E_UNSUPPORTED_SUBPROTOCOL          ErrUnsupportedSubprotocol (winerror.h: E_SUBPROTOCOL_NOT_SUPPORTED)
//	E_PROTOCOL_VERSION_NOT_SUPPORTED   ErrUnsupportedVersion
//	E_INVALIDARG                       ErrInvalidArgument
//	HRESULT_FROM_WIN32(122)            ErrShortBuffer
//	HRESULT                            HRESULT(err), by the values of winerror.h
//
// The differences, and why:
//
//   - EndHandshake sees the status. The component never did, and left step 1
//     of RFC 6455 section 4.1 to callers who forgot it.
//   - Errors name the rule broken, and are of the class that the component
//     would have returned; [Client.Fault] and [Client.Explain] say where and
//     what to do. The bare code is what callers of the component got stuck on.
//   - The offer is compiled once. The component compiled it for every handle.
//   - What the server answered an extension with can be read: [Client.Deflate],
//     or parse.ScanExtensions on the response. The component lost it.
//   - A Client that failed cannot judge again: a peer half checked must not be
//     judged anew with edited headers. A mistake of the caller's can be mended.
//   - There is no server's side.
//   - WebSocketSend, Receive, GetAction, CompleteAction, AbortHandle and
//     GetGlobalProperty belong to what follows the handshake, which is not here
//     yet.
//
// # Files
//
//	client.go     Client and Config
//	state.go      the state table
//	offer.go      Offer, and what it may hold
//	request.go    Request, BeginHandshake, HandshakeHeaders
//	handshake.go  EndHandshake, and the rules of RFC 6455 section 4.1
//	negotiate.go  which extension answers which offer
//	deflate.go    the parameters of permessage-deflate
//	error.go      Error, its classes, HRESULT
//	explain.go    Explain
package session
