/* identity.h - the user pool of the fuzz targets: its key set, and a token signed by its key. */
#ifndef IDENTITY_H
#define IDENTITY_H

#define IDENTITY_NOW_S	INT64_C(1800000100)
#define IDENTITY_KEY_ID "key-1"

#define IDENTITY_SET                                                                               \
	"{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"key-1\","         \
	"\"e\":\"AQAB\",\"n\":\""                                                                  \
	"p_IJVpJ5uMf9iplAGzWZeA0sJhTigMcA1_LlKOsvbwpzsI1cmDLolb8tS1q7YrI23n41FWhv7hUK5TMB"         \
	"G8tPjAKGPkdT11lYjoANDkuCXuBMv3GJ2e6i-GwtQyrQJZApEXAqWif8XCDVgtDE6xmzd6vxMkyfuiFu"         \
	"u0ArQEwJ_LgFweGmzVb6HNaPaQFQaG-ZifKQrHSvx5lgiZAbPzgafyyJCUaDfM5JnvAYpQ7vigYCprDt"         \
	"mMse5BllDnAAIHQ7MhIC_ZSiucI-cOPE_reQPko_6b41tSD8qJm4qaI2DcG3SpILKjTcDZoWvD8VihQJ"         \
	"LP4t0Tti0wvxORzDrFlrZQ"                                                                   \
	"\"}]}"

#define IDENTITY_TOKEN                                                                             \
	"eyJhbGciOiJSUzI1NiIsImtpZCI6ImtleS0xIn0.eyJpc3MiOiJodHRwczovL3Bvb2wuZXhhbXBsZSIs"         \
	"ImNsaWVudF9pZCI6ImNsaWVudCIsInRva2VuX3VzZSI6ImFjY2VzcyIsInN1YiI6InNvbWVvbmUiLCJp"         \
	"YXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMzYwMH0.m6mk2udx5HsMIxGHvzpr5nufS4Dl5VKsKqvv"         \
	"s4q_MJYf2Ha3i9TRPKE-0h74UAjZn1frI8GAjjckRBRdr0u5KO0aBb3t5hT5X2K8_Z6h33NCKMUEWyNX"         \
	"TJjWCN4d7d2IoNoNspt3hSAMpzim_PsFjS87hE_2S1yp1HlPQYjZ882SbMk5YPDT4e41ijBBWfI7q2YB"         \
	"0SnFuHGDxDF-ja0uS1ZgQ5QcJmG4bFRbMi5kkI4JxpJOC8s8K4l7B0iEe3CJSHGnRQj2bRTgJsppob3e"         \
	"YBpJKRW_RiMcFHO9LM4WoSdb7iInlGdrtA3fPaHemx2DZuQeHjM2PhDgdAt0Y_0RvA"

#define IDENTITY_CONFIG                                                                            \
	{                                                                                          \
		.cognito_issuer = "https://pool.example", .cognito_client_id = "client"            \
	}

#endif
