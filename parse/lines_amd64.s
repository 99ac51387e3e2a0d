//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// findLines: 64 octets at a time, one bit for each. The registers:
//
//	SI        the 64 octets
//	DX        the last place for them with two more behind
//	DI        where the next place is to be written
//	R13       behind that it is enough
//	R8        of the next 64: where lines begin whose CR LF is in these, and
//	          bit 0 if a name goes on
//	R9        likewise: the LF if these end in CR
//	Z0 to Z8, Z10
//	          constants
//	Z9        SI less p, in each word

// PLACES writes the places of the bits of R10.
#define PLACES \
	KMOVQ         R10, K5; \
	VPCOMPRESSB.Z Z8, K5, Z11; \
	VPMOVZXBW     Y11, Z11; \
	VPADDW        Z9, Z11, Z11; \
	VMOVDQU64     Z11, (DI); \
	POPCNTQ       R10, R10; \
	LEAQ          (DI)(R10*2), DI

// func findLines(lines *[maxLines]uint32, p *byte, n int) (found, looked int)
TEXT ·findLines(SB), NOSPLIT, $0-40
	MOVQ lines+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ n+16(FP), DX
	LEAQ -66(SI)(DX*1), DX
	LEAQ (const_enoughLines*4)(DI), R13

	VMOVDQU64    tchars<>+0(SB), Z0
	VMOVDQU64    tchars<>+64(SB), Z1
	VPBROADCASTD octets<>+0(SB), Z2  // colon
	VPBROADCASTD octets<>+4(SB), Z3  // SP
	VPBROADCASTD octets<>+8(SB), Z4  // CR
	VPBROADCASTD octets<>+12(SB), Z5 // LF
	VPBROADCASTD octets<>+16(SB), Z6 // 1
	VPBROADCASTD octets<>+20(SB), Z7 // SP and 1
	VMOVDQU64    places<>(SB), Z8
	VPXORQ       Z9, Z9, Z9
	VPBROADCASTD octets<>+24(SB), Z10
	MOVL         $2, R8
	XORL         R9, R9
	MOVL         $61, R12
	MOVL         $63, R14

next:
	CMPQ      SI, DX
	JHI       last
	VMOVDQU64 0(SI), Z11
	VMOVDQU64 1(SI), Z12
	VMOVDQU64 2(SI), Z13

loaded:
	// A saturated difference is 0 for an octet above SP, an exclusive or for one
	// that is equal.
	VPSUBUSB   Z13, Z7, Z14
	VPTERNLOGD $0xf6, Z2, Z11, Z14
	VPTERNLOGD $0xf6, Z3, Z12, Z14
	VPTESTNMB  Z14, Z14, K1
	VPSUBUSB   Z11, Z7, Z14
	VPTERNLOGD $0xf6, Z4, Z12, Z14
	VPTERNLOGD $0xf6, Z5, Z13, Z14
	VPTESTNMB  Z14, Z14, K2
	VPADDB     Z6, Z12, Z12
	VPCMPGTB   Z12, Z7, K3
	VPERMI2B   Z1, Z0, Z11
	VPMOVB2M   Z11, K4
	KMOVQ      K1, AX        // colon, behind it SP and what is above SP
	KMOVQ      K2, BX        // above SP, behind it CR LF
	KMOVQ      K3, CX        // behind it what is not SP to '~'
	KMOVQ      K4, R15       // tchar

	// CX must be the CR and LF of BX. A line begins behind them; from there a carry
	// runs through its name to the octet behind that, which must be of AX.
	LEAQ  (R8)(BX*8), R10
	SHRXQ R12, BX, R8
	LEAQ  (R9)(BX*2), R11
	SHRXQ R14, BX, R9
	ADDQ  R15, R10
	ADCQ  $0, R8
	ORQ   BX, R11
	XORQ  CX, R11
	ANDNQ R10, R15, R10
	ANDNQ R10, AX, AX
	ORQ   BX, R10
	ORQ   AX, R11
	JNE   stop

	PLACES
	VPADDW Z10, Z9, Z9
	ADDQ   $64, SI
	CMPQ   DI, R13
	JLT    next
	JMP    done

stop:
	// What is below the first bit of R11 is as it must be.
	LEAQ  -1(R11), AX
	ANDNQ AX, R11, AX
	ANDQ  AX, R10
	PLACES
	ADDQ  $64, SI

done:
	SUBQ lines+0(FP), DI
	SHRQ $2, DI
	MOVQ DI, found+24(FP)
	SUBQ p+8(FP), SI
	MOVQ SI, looked+32(FP)
	VZEROUPPER
	RET

last:
	// What is not there is 0, which stops it.
	LEAQ       66(DX), BX
	SUBQ       SI, BX
	MOVQ       $-1, AX
	BZHIQ      BX, AX, AX
	KMOVQ      AX, K1
	SHRQ       $1, AX
	KMOVQ      AX, K2
	SHRQ       $1, AX
	KMOVQ      AX, K3
	VMOVDQU8.Z 0(SI), K1, Z11
	VMOVDQU8.Z 1(SI), K2, Z12
	VMOVDQU8.Z 2(SI), K3, Z13
	JMP        loaded

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

// func xgetbv() (eax uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, eax+0(FP)
	RET

// tchars has bit 7 for the octets of a token.
DATA tchars<>+0(SB)/8, $0x0000000000000000
DATA tchars<>+8(SB)/8, $0x0000000000000000
DATA tchars<>+16(SB)/8, $0x0000000000000000
DATA tchars<>+24(SB)/8, $0x0000000000000000
DATA tchars<>+32(SB)/8, $0x8080808080008000
DATA tchars<>+40(SB)/8, $0x0080800080800000
DATA tchars<>+48(SB)/8, $0x8080808080808080
DATA tchars<>+56(SB)/8, $0x0000000000008080
DATA tchars<>+64(SB)/8, $0x8080808080808000
DATA tchars<>+72(SB)/8, $0x8080808080808080
DATA tchars<>+80(SB)/8, $0x8080808080808080
DATA tchars<>+88(SB)/8, $0x8080000000808080
DATA tchars<>+96(SB)/8, $0x8080808080808080
DATA tchars<>+104(SB)/8, $0x8080808080808080
DATA tchars<>+112(SB)/8, $0x8080808080808080
DATA tchars<>+120(SB)/8, $0x0080008000808080
GLOBL tchars<>(SB), RODATA|NOPTR, $128

DATA places<>+0(SB)/8, $0x0706050403020100
DATA places<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA places<>+16(SB)/8, $0x1716151413121110
DATA places<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA places<>+32(SB)/8, $0x2726252423222120
DATA places<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA places<>+48(SB)/8, $0x3736353433323130
DATA places<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL places<>(SB), RODATA|NOPTR, $64

DATA octets<>+0(SB)/4, $0x3a3a3a3a
DATA octets<>+4(SB)/4, $0x20202020
DATA octets<>+8(SB)/4, $0x0d0d0d0d
DATA octets<>+12(SB)/4, $0x0a0a0a0a
DATA octets<>+16(SB)/4, $0x01010101
DATA octets<>+20(SB)/4, $0x21212121
DATA octets<>+24(SB)/4, $0x00400040
GLOBL octets<>(SB), RODATA|NOPTR, $28
