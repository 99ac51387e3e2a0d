//go:build !purego

#include "textflag.h"

// shaSixteen: each lane of a register is of another key. The registers:
//
//	Z0 to Z4    the state a to e, each of which is the next one a round later
//	Z5 Z6       scratch
//	Z7 to Z10   the constants of the rounds, FIPS 180-4 section 4.2.1
//	Z11         where the keys lie, for PUT
//	Z12 Z13     for LETTERS
//	Z14         turns words round
//	Z16 to Z31  sixteen words of the message; nonces and digests in thirds of words
//
// f, of VPTERNLOGD, is Ch, Parity or Maj of FIPS 180-4 section 4.1.1.
#define CH 0xca
#define PARITY 0x96
#define MAJ 0xe8

// ROUND is one whose constant and word are in e already.
#define ROUND(f, a, b, c, d, e) \
	VMOVDQA64  b, Z5; \
	VPTERNLOGD $f, d, c, Z5; \
	VPROLD     $5, a, Z6; \
	VPADDD     Z5, e, e; \
	VPROLD     $30, b, b; \
	VPADDD     Z6, e, e

#define ADD(x, y, e) \
	VPADDD x, e, e; \
	VPADDD y, e, e

// FIVE does five rounds, behind which a to e are where they were.
#define FIVE(f, k, w0, w1, w2, w3, w4) \
	ADD(k, w0, Z4); \
	ROUND(f, Z0, Z1, Z2, Z3, Z4); \
	ADD(k, w1, Z3); \
	ROUND(f, Z4, Z0, Z1, Z2, Z3); \
	ADD(k, w2, Z2); \
	ROUND(f, Z3, Z4, Z0, Z1, Z2); \
	ADD(k, w3, Z1); \
	ROUND(f, Z2, Z3, Z4, Z0, Z1); \
	ADD(k, w4, Z0); \
	ROUND(f, Z1, Z2, Z3, Z4, Z0)

// NEXT makes of a word that which comes sixteen behind it.
#define NEXT(w0, w2, w8, w13) \
	VPXORD     w13, w0, w0; \
	VPTERNLOGD $PARITY, w8, w2, w0; \
	VPROLD     $1, w0, w0

// NEXTFIVE does five rounds with the next five words. It has no use for w7.
#define NEXTFIVE(f, k, w0, w1, w2, w3, w4, w5, w6, w8, w9, w10, w11, w12, w13, w14, w15) \
	NEXT(w0, w2, w8, w13); \
	NEXT(w1, w3, w9, w14); \
	NEXT(w2, w4, w10, w15); \
	NEXT(w3, w5, w11, w0); \
	NEXT(w4, w6, w12, w1); \
	FIVE(f, k, w0, w1, w2, w3, w4)

// SECOND does twenty rounds of the second block, the same for every key: CX points to
// the sums of constant and word.
#define SECOND(f, loop) \
	MOVL        $4, AX; \
loop: \
	VPADDD.BCST 0(CX), Z4, Z4; \
	ROUND(f, Z0, Z1, Z2, Z3, Z4); \
	VPADDD.BCST 4(CX), Z3, Z3; \
	ROUND(f, Z4, Z0, Z1, Z2, Z3); \
	VPADDD.BCST 8(CX), Z2, Z2; \
	ROUND(f, Z3, Z4, Z0, Z1, Z2); \
	VPADDD.BCST 12(CX), Z1, Z1; \
	ROUND(f, Z2, Z3, Z4, Z0, Z1); \
	VPADDD.BCST 16(CX), Z0, Z0; \
	ROUND(f, Z1, Z2, Z3, Z4, Z0); \
	ADDQ        $20, CX; \
	DECL        AX; \
	JNZ         loop

// THIRDS takes Z0 to Z3 apart into three octets each, at the lower end of Z16 to Z20.
#define THIRDS \
	VPSRLD    $8, Z0, Z16; \
	VPSHLDD   $16, Z1, Z0, Z17; \
	VPSHLDD   $8, Z2, Z1, Z18; \
	VMOVDQA64 Z2, Z19; \
	VPSRLD    $8, Z3, Z20

// LETTERS is base64, RFC 4648 section 4, of three octets; the octet above is ignored.
#define LETTERS(x) \
	VPMULTISHIFTQB x, Z13, x; \
	VPERMB         Z12, x, x

// PUT stores two words for each key, the second one behind the first.
#define PUT(w0, w1, at) \
	VPUNPCKLDQ  w1, w0, Z5; \
	VPUNPCKHDQ  w1, w0, Z6; \
	KXNORW      K1, K1, K1; \
	KXNORW      K2, K2, K2; \
	VPSCATTERDQ Z5, K1, at(DI)(Y11*8); \
	VPSCATTERDQ Z6, K2, (8*56+at)(DI)(Y11*8)

// func shaSixteen(made *[batch]made, nonces *[batch][nonceSize]byte, secondSums *[80]uint32)
TEXT ·shaSixteen(SB), NOSPLIT, $0-24
	MOVQ made+0(FP), DI
	MOVQ nonces+8(FP), DX
	MOVQ secondSums+16(FP), CX

	VPBROADCASTD    rounds<>+0(SB), Z7
	VPBROADCASTD    rounds<>+4(SB), Z8
	VPBROADCASTD    rounds<>+8(SB), Z9
	VPBROADCASTD    rounds<>+12(SB), Z10
	VMOVDQU         sevens<>(SB), Y11
	VMOVDQU64       alphabet<>(SB), Z12
	VPBROADCASTQ    sixes<>(SB), Z13
	VBROADCASTI32X4 turn<>(SB), Z14

	// Of four octets of sixteen nonces each a word. The lanes are in turn of the
	// nonces 0 4 8 12, 1 5 9 13, ...
	VMOVDQU64   0(DX), Z0
	VMOVDQU64   64(DX), Z1
	VMOVDQU64   128(DX), Z2
	VMOVDQU64   192(DX), Z3
	VPUNPCKLDQ  Z1, Z0, Z16
	VPUNPCKHDQ  Z1, Z0, Z17
	VPUNPCKLDQ  Z3, Z2, Z18
	VPUNPCKHDQ  Z3, Z2, Z19
	VPUNPCKLQDQ Z18, Z16, Z0
	VPUNPCKHQDQ Z18, Z16, Z1
	VPUNPCKLQDQ Z19, Z17, Z2
	VPUNPCKHQDQ Z19, Z17, Z3
	VPSHUFB     Z14, Z0, Z0
	VPSHUFB     Z14, Z1, Z1
	VPSHUFB     Z14, Z2, Z2
	VPSHUFB     Z14, Z3, Z3

	// The keys.
	THIRDS
	VPSLLD $16, Z3, Z21
	LETTERS(Z16)
	LETTERS(Z17)
	LETTERS(Z18)
	LETTERS(Z19)
	LETTERS(Z20)
	LETTERS(Z21)
	VPANDD.BCST pads<>+0(SB), Z21, Z21
	VPORD.BCST  pads<>+4(SB), Z21, Z21
	PUT(Z16, Z17, 0)
	PUT(Z18, Z19, 8)
	PUT(Z20, Z21, 16)

	// The first block.
	VPSHUFB      Z14, Z16, Z16
	VPSHUFB      Z14, Z17, Z17
	VPSHUFB      Z14, Z18, Z18
	VPSHUFB      Z14, Z19, Z19
	VPSHUFB      Z14, Z20, Z20
	VPSHUFB      Z14, Z21, Z21
	VPBROADCASTD tail<>+0(SB), Z22
	VPBROADCASTD tail<>+4(SB), Z23
	VPBROADCASTD tail<>+8(SB), Z24
	VPBROADCASTD tail<>+12(SB), Z25
	VPBROADCASTD tail<>+16(SB), Z26
	VPBROADCASTD tail<>+20(SB), Z27
	VPBROADCASTD tail<>+24(SB), Z28
	VPBROADCASTD tail<>+28(SB), Z29
	VPBROADCASTD tail<>+32(SB), Z30
	VPBROADCASTD tail<>+36(SB), Z31
	VPBROADCASTD start<>+0(SB), Z0
	VPBROADCASTD start<>+4(SB), Z1
	VPBROADCASTD start<>+8(SB), Z2
	VPBROADCASTD start<>+12(SB), Z3
	VPBROADCASTD start<>+16(SB), Z4

	FIVE(CH, Z7, Z16, Z17, Z18, Z19, Z20)
	FIVE(CH, Z7, Z21, Z22, Z23, Z24, Z25)
	FIVE(CH, Z7, Z26, Z27, Z28, Z29, Z30)
	NEXT(Z16, Z18, Z24, Z29)
	NEXT(Z17, Z19, Z25, Z30)
	NEXT(Z18, Z20, Z26, Z31)
	NEXT(Z19, Z21, Z27, Z16)
	FIVE(CH, Z7, Z31, Z16, Z17, Z18, Z19)

	NEXTFIVE(PARITY, Z8, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z28, Z29, Z30, Z31, Z16, Z17, Z18, Z19)
	NEXTFIVE(PARITY, Z8, Z25, Z26, Z27, Z28, Z29, Z30, Z31, Z17, Z18, Z19, Z20, Z21, Z22, Z23, Z24)
	NEXTFIVE(PARITY, Z8, Z30, Z31, Z16, Z17, Z18, Z19, Z20, Z22, Z23, Z24, Z25, Z26, Z27, Z28, Z29)
	NEXTFIVE(PARITY, Z8, Z19, Z20, Z21, Z22, Z23, Z24, Z25, Z27, Z28, Z29, Z30, Z31, Z16, Z17, Z18)

	NEXTFIVE(MAJ, Z9, Z24, Z25, Z26, Z27, Z28, Z29, Z30, Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23)
	NEXTFIVE(MAJ, Z9, Z29, Z30, Z31, Z16, Z17, Z18, Z19, Z21, Z22, Z23, Z24, Z25, Z26, Z27, Z28)
	NEXTFIVE(MAJ, Z9, Z18, Z19, Z20, Z21, Z22, Z23, Z24, Z26, Z27, Z28, Z29, Z30, Z31, Z16, Z17)
	NEXTFIVE(MAJ, Z9, Z23, Z24, Z25, Z26, Z27, Z28, Z29, Z31, Z16, Z17, Z18, Z19, Z20, Z21, Z22)

	NEXTFIVE(PARITY, Z10, Z28, Z29, Z30, Z31, Z16, Z17, Z18, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27)
	NEXTFIVE(PARITY, Z10, Z17, Z18, Z19, Z20, Z21, Z22, Z23, Z25, Z26, Z27, Z28, Z29, Z30, Z31, Z16)
	NEXTFIVE(PARITY, Z10, Z22, Z23, Z24, Z25, Z26, Z27, Z28, Z30, Z31, Z16, Z17, Z18, Z19, Z20, Z21)
	NEXTFIVE(PARITY, Z10, Z27, Z28, Z29, Z30, Z31, Z16, Z17, Z19, Z20, Z21, Z22, Z23, Z24, Z25, Z26)

	// The state behind it is kept in Z16 to Z20.
	VPADDD.BCST start<>+0(SB), Z0, Z0
	VPADDD.BCST start<>+4(SB), Z1, Z1
	VPADDD.BCST start<>+8(SB), Z2, Z2
	VPADDD.BCST start<>+12(SB), Z3, Z3
	VPADDD.BCST start<>+16(SB), Z4, Z4
	VMOVDQA64   Z0, Z16
	VMOVDQA64   Z1, Z17
	VMOVDQA64   Z2, Z18
	VMOVDQA64   Z3, Z19
	VMOVDQA64   Z4, Z20

	SECOND(CH, ch)
	SECOND(PARITY, parity)
	SECOND(MAJ, maj)
	SECOND(PARITY, last)
	VPADDD Z16, Z0, Z0
	VPADDD Z17, Z1, Z1
	VPADDD Z18, Z2, Z2
	VPADDD Z19, Z3, Z3
	VPADDD Z20, Z4, Z4

	// The values.
	THIRDS
	VPSHLDD $16, Z4, Z3, Z21
	VPSLLD  $8, Z4, Z22
	LETTERS(Z16)
	LETTERS(Z17)
	LETTERS(Z18)
	LETTERS(Z19)
	LETTERS(Z20)
	LETTERS(Z21)
	LETTERS(Z22)
	VPANDD.BCST pads<>+8(SB), Z22, Z22
	VPORD.BCST  pads<>+12(SB), Z22, Z22
	PUT(Z16, Z17, 24)
	PUT(Z18, Z19, 32)
	PUT(Z20, Z21, 40)
	PUT(Z22, Z22, 48)
	VZEROUPPER
	RET

// func xgetbv() (eax uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, eax+0(FP)
	RET

DATA rounds<>+0(SB)/8, $0x6ed9eba15a827999
DATA rounds<>+8(SB)/8, $0xca62c1d68f1bbcdc
GLOBL rounds<>(SB), RODATA|NOPTR, $16

// The initial state, FIPS 180-4 section 5.3.1.
DATA start<>+0(SB)/8, $0xefcdab8967452301
DATA start<>+8(SB)/8, $0x1032547698badcfe
DATA start<>+16(SB)/4, $0xc3d2e1f0
GLOBL start<>(SB), RODATA|NOPTR, $20

// GUID, and what begins the padding.
DATA tail<>+0(SB)/8, $0x4146413532353845
DATA tail<>+8(SB)/8, $0x342d34372d453931
DATA tail<>+16(SB)/8, $0x3543412d44412d39
DATA tail<>+24(SB)/8, $0x3044433843354142
DATA tail<>+32(SB)/8, $0x8000000035423131
GLOBL tail<>(SB), RODATA|NOPTR, $40

// Seven words of eight octets are what is made of a nonce: where the nonces 0 4 1 5 2
// 6 3 7 begin.
DATA sevens<>+0(SB)/8, $0x0000001c00000000
DATA sevens<>+8(SB)/8, $0x0000002300000007
DATA sevens<>+16(SB)/8, $0x0000002a0000000e
DATA sevens<>+24(SB)/8, $0x0000003100000015
GLOBL sevens<>(SB), RODATA|NOPTR, $32

DATA alphabet<>+0(SB)/8, $"ABCDEFGH"
DATA alphabet<>+8(SB)/8, $"IJKLMNOP"
DATA alphabet<>+16(SB)/8, $"QRSTUVWX"
DATA alphabet<>+24(SB)/8, $"YZabcdef"
DATA alphabet<>+32(SB)/8, $"ghijklmn"
DATA alphabet<>+40(SB)/8, $"opqrstuv"
DATA alphabet<>+48(SB)/8, $"wxyz0123"
DATA alphabet<>+56(SB)/8, $"456789+/"
GLOBL alphabet<>(SB), RODATA|NOPTR, $64

// Where six bits begin, of three octets in each half.
DATA sixes<>+0(SB)/8, $0x20262c3200060c12
GLOBL sixes<>(SB), RODATA|NOPTR, $8

DATA turn<>+0(SB)/8, $0x0405060700010203
DATA turn<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL turn<>(SB), RODATA|NOPTR, $16

// The letters of the last word of a key that are kept, and what pads it; those of a value.
DATA pads<>+0(SB)/8, $0x3d3d00000000ffff
DATA pads<>+8(SB)/8, $0x3d00000000ffffff
GLOBL pads<>(SB), RODATA|NOPTR, $16
