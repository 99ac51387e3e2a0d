//go:build !purego

#include "textflag.h"

// shaPair: each step is done for two keys, side by side. The registers, of the
// first key and of the second:
//
//	X0  X7    words of the message: the four of a step on top of one another, the
//	...       first on top; X0 to X3 (X7 to X10) are sixteen words
//	X3  X10
//	X4  X11   the state A B C D, A on top
//	X5  X12   E, on top, before the next four rounds or behind them
//	X6  X13   the other
//	X14 X15   scratch

// BASE64 makes letters of twelve octets, RFC 4648 section 4: three octets b0 b1 b2
// lie in x as b1 b0 b2 b1, out of which the multiplications shift four times six
// bits; what is to be added to those depends on the range that they are in.
#define BASE64(x) \
	MOVOU   x, X14; \
	PAND    six02<>(SB), x; \
	PMULHUW shift02<>(SB), x; \
	PAND    six13<>(SB), X14; \
	PMULLW  shift13<>(SB), X14; \
	POR     X14, x; \
	MOVOU   x, X14; \
	PSUBUSB n51<>(SB), X14; \
	MOVOU   n26<>(SB), X15; \
	PCMPGTB x, X15; \
	PAND    n13<>(SB), X15; \
	POR     X15, X14; \
	MOVOU   ranges<>(SB), X15; \
	PSHUFB  X14, X15; \
	PADDB   X15, x

// KEY makes the key of the nonce in w0, and the first block of its message.
#define KEY(w0, w1, w2, w3, key) \
	MOVOU      w0, w1; \
	PSHUFB     nonceHead<>(SB), w0; \
	PSHUFB     nonceTail<>(SB), w1; \
	BASE64(w0); \
	BASE64(w1); \
	PAND       six<>(SB), w1; \
	POR        equals<>(SB), w1; \
	MOVOU      w0, key; \
	MOVQ       w1, 16+key; \
	PUNPCKLQDQ guid<>+0(SB), w1; \
	PSHUFB     reverse<>(SB), w0; \
	PSHUFB     reverse<>(SB), w1; \
	MOVOU      guid<>+16(SB), w2; \
	MOVOU      guid<>+32(SB), w3

// ROUNDS does four rounds of the function f (0 to 3: t/20) with the words w.
#define ROUNDS(f, w, abcd, e, other) \
	SHA1NEXTE w, e; \
	MOVOU     abcd, other; \
	SHA1RNDS4 $f, e, abcd

// SCHEDULE goes on with the words: w are those of this step.
#define SCHEDULE(w, next, then, last) \
	SHA1MSG2 w, next; \
	SHA1MSG1 w, last; \
	PXOR     w, then

// A step of the first block, of the four that follow one another in turn.
#define STEP0(f) \
	ROUNDS(f, X0, X4, X5, X6); \
	ROUNDS(f, X7, X11, X12, X13); \
	SCHEDULE(X0, X1, X2, X3); \
	SCHEDULE(X7, X8, X9, X10)

#define STEP1(f) \
	ROUNDS(f, X1, X4, X6, X5); \
	ROUNDS(f, X8, X11, X13, X12); \
	SCHEDULE(X1, X2, X3, X0); \
	SCHEDULE(X8, X9, X10, X7)

#define STEP2(f) \
	ROUNDS(f, X2, X4, X5, X6); \
	ROUNDS(f, X9, X11, X12, X13); \
	SCHEDULE(X2, X3, X0, X1); \
	SCHEDULE(X9, X10, X7, X8)

#define STEP3(f) \
	ROUNDS(f, X3, X4, X6, X5); \
	ROUNDS(f, X10, X11, X13, X12); \
	SCHEDULE(X3, X0, X1, X2); \
	SCHEDULE(X10, X7, X8, X9)

// A step of the second block: EVEN and ODD in turn.
#define EVEN(f, step) \
	MOVOU (16*step)(CX), X14; \
	ROUNDS(f, X14, X4, X5, X6); \
	ROUNDS(f, X14, X11, X12, X13)

#define ODD(f, step) \
	MOVOU (16*step)(CX), X14; \
	ROUNDS(f, X14, X4, X6, X5); \
	ROUNDS(f, X14, X11, X13, X12)

// VALUE makes the value of the digest in abcd and e.
#define VALUE(abcd, e, value) \
	PSRLO     $12, e; \
	PUNPCKLLQ abcd, e; \
	PSHUFB    digestHead<>(SB), abcd; \
	PSHUFB    digestTail<>(SB), e; \
	BASE64(abcd); \
	BASE64(e); \
	MOVOU     abcd, value; \
	MOVQ      e, 16+value; \
	PSRLO     $8, e; \
	MOVL      e, AX; \
	MOVL      AX, 24+value; \
	MOVB      $'=', 27+value

// func shaPair(k0 *Key, v0 *Value, k1 *Key, v1 *Value, nonces *[2][nonceSize]byte, secondBlock *[80]uint32)
TEXT ·shaPair(SB), NOSPLIT, $0-48
	MOVQ k0+0(FP), R8
	MOVQ v0+8(FP), R9
	MOVQ k1+16(FP), R10
	MOVQ v1+24(FP), R11
	MOVQ nonces+32(FP), DX
	MOVQ secondBlock+40(FP), CX

	MOVOU 0(DX), X0
	MOVOU 16(DX), X7
	KEY(X0, X1, X2, X3, 0(R8))
	KEY(X7, X8, X9, X10, 0(R10))

	MOVOU start<>+0(SB), X4
	MOVOU X4, X11
	MOVOU start<>+16(SB), X5
	MOVOU X5, X12

	ROUNDS(0, X0, X4, X5, X6)
	ROUNDS(0, X7, X11, X12, X13)
	ROUNDS(0, X1, X4, X6, X5)
	ROUNDS(0, X8, X11, X13, X12)
	SHA1MSG1 X1, X0
	SHA1MSG1 X8, X7
	ROUNDS(0, X2, X4, X5, X6)
	ROUNDS(0, X9, X11, X12, X13)
	SHA1MSG1 X2, X1
	SHA1MSG1 X9, X8
	PXOR X2, X0
	PXOR X9, X7
	STEP3(0)
	STEP0(0)

	STEP1(1)
	STEP2(1)
	STEP3(1)
	STEP0(1)
	STEP1(1)

	STEP2(2)
	STEP3(2)
	STEP0(2)
	STEP1(2)
	STEP2(2)

	STEP3(3)
	STEP0(3)
	STEP1(3)
	STEP2(3)
	STEP3(3)

	// The state behind the first block, kept in X0 and X1 (X7 and X8).
	MOVOU start<>+0(SB), X14
	PADDL X14, X4
	PADDL X14, X11
	MOVOU start<>+32(SB), X14
	SHA1NEXTE X14, X5
	SHA1NEXTE X14, X12
	MOVOU X4, X0
	MOVOU X11, X7
	MOVOU X5, X1
	MOVOU X12, X8

	MOVOU 0(CX), X14
	PADDL X14, X5
	PADDL X14, X12
	MOVOU X4, X6
	MOVOU X11, X13
	SHA1RNDS4 $0, X5, X4
	SHA1RNDS4 $0, X12, X11
	ODD(0, 1)
	EVEN(0, 2)
	ODD(0, 3)
	EVEN(0, 4)

	ODD(1, 5)
	EVEN(1, 6)
	ODD(1, 7)
	EVEN(1, 8)
	ODD(1, 9)

	EVEN(2, 10)
	ODD(2, 11)
	EVEN(2, 12)
	ODD(2, 13)
	EVEN(2, 14)

	ODD(3, 15)
	EVEN(3, 16)
	ODD(3, 17)
	EVEN(3, 18)
	ODD(3, 19)

	PADDL X0, X4
	PADDL X7, X11
	SHA1NEXTE X1, X5
	SHA1NEXTE X8, X12
	VALUE(X4, X5, 0(R9))
	VALUE(X11, X12, 0(R11))
	RET

// func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL subleaf+4(FP), CX
	CPUID
	MOVL AX, eax+8(FP)
	MOVL BX, ebx+12(FP)
	MOVL CX, ecx+16(FP)
	MOVL DX, edx+20(FP)
	RET

// What PSHUFB takes for BASE64: octets 0 to 11 and 12 to 15 of a nonce, 0 to 11 and
// 12 to 19 of a digest, whose words are turned round; 0x80 is a zero.
DATA nonceHead<>+0(SB)/8, $0x0405030401020001
DATA nonceHead<>+8(SB)/8, $0x0a0b090a07080607
GLOBL nonceHead<>(SB), RODATA|NOPTR, $16

DATA nonceTail<>+0(SB)/8, $0x80800f800d0e0c0d
DATA nonceTail<>+8(SB)/8, $0x8080808080808080
GLOBL nonceTail<>(SB), RODATA|NOPTR, $16

DATA digestHead<>+0(SB)/8, $0x0b0a0c0b0e0d0f0e
DATA digestHead<>+8(SB)/8, $0x0504060508070908
GLOBL digestHead<>(SB), RODATA|NOPTR, $16

DATA digestTail<>+0(SB)/8, $0x0302040306050706
DATA digestTail<>+8(SB)/8, $0x8080808000800100
GLOBL digestTail<>(SB), RODATA|NOPTR, $16

// BASE64's masks and multipliers.
DATA six02<>+0(SB)/8, $0x0fc0fc000fc0fc00
DATA six02<>+8(SB)/8, $0x0fc0fc000fc0fc00
GLOBL six02<>(SB), RODATA|NOPTR, $16

DATA shift02<>+0(SB)/8, $0x0400004004000040
DATA shift02<>+8(SB)/8, $0x0400004004000040
GLOBL shift02<>(SB), RODATA|NOPTR, $16

DATA six13<>+0(SB)/8, $0x003f03f0003f03f0
DATA six13<>+8(SB)/8, $0x003f03f0003f03f0
GLOBL six13<>(SB), RODATA|NOPTR, $16

DATA shift13<>+0(SB)/8, $0x0100001001000010
DATA shift13<>+8(SB)/8, $0x0100001001000010
GLOBL shift13<>(SB), RODATA|NOPTR, $16

// Its ranges: 0 is a to z, 1 to 10 are the digits, 11 is '+', 12 '/', 13 A to Z.
DATA n51<>+0(SB)/8, $0x3333333333333333
DATA n51<>+8(SB)/8, $0x3333333333333333
GLOBL n51<>(SB), RODATA|NOPTR, $16

DATA n26<>+0(SB)/8, $0x1a1a1a1a1a1a1a1a
DATA n26<>+8(SB)/8, $0x1a1a1a1a1a1a1a1a
GLOBL n26<>(SB), RODATA|NOPTR, $16

DATA n13<>+0(SB)/8, $0x0d0d0d0d0d0d0d0d
DATA n13<>+8(SB)/8, $0x0d0d0d0d0d0d0d0d
GLOBL n13<>(SB), RODATA|NOPTR, $16

DATA ranges<>+0(SB)/8, $0xfcfcfcfcfcfcfc47
DATA ranges<>+8(SB)/8, $0x000041f0edfcfcfc
GLOBL ranges<>(SB), RODATA|NOPTR, $16

// The end of a key: six letters, and two octets that pad.
DATA six<>+0(SB)/8, $0x0000ffffffffffff
DATA six<>+8(SB)/8, $0x0000000000000000
GLOBL six<>(SB), RODATA|NOPTR, $16

DATA equals<>+0(SB)/8, $0x3d3d000000000000
DATA equals<>+8(SB)/8, $0x0000000000000000
GLOBL equals<>(SB), RODATA|NOPTR, $16

DATA reverse<>+0(SB)/8, $0x08090a0b0c0d0e0f
DATA reverse<>+8(SB)/8, $0x0001020304050607
GLOBL reverse<>(SB), RODATA|NOPTR, $16

// GUID: its first eight octets, and the rest as words, with what begins the padding.
DATA guid<>+0(SB)/8, $0x3541464145383532
DATA guid<>+8(SB)/8, $0x3541464145383532
DATA guid<>+16(SB)/8, $0x44412d393543412d
DATA guid<>+24(SB)/8, $0x2d453931342d3437
DATA guid<>+32(SB)/8, $0x3542313180000000
DATA guid<>+40(SB)/8, $0x4335414230444338
GLOBL guid<>(SB), RODATA|NOPTR, $48

// The initial state (FIPS 180-4 section 5.3.1): A to D; E as it is before SHA1NEXTE,
// which rotates it; and E.
DATA start<>+0(SB)/8, $0x98badcfe10325476
DATA start<>+8(SB)/8, $0x67452301efcdab89
DATA start<>+16(SB)/8, $0x0000000000000000
DATA start<>+24(SB)/8, $0x0f4b87c300000000
DATA start<>+32(SB)/8, $0x0000000000000000
DATA start<>+40(SB)/8, $0xc3d2e1f000000000
GLOBL start<>(SB), RODATA|NOPTR, $48
