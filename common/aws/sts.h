/*
 * sts.h - AssumeRoleWithWebIdentity of the Security Token Service: a signed token of an identity
 * provider (EKS: of a service account) is exchanged for keys.
 *
 *	POST /                                   <AssumeRoleWithWebIdentityResponse xmlns="…">
 *	Action=AssumeRoleWithWebIdentity           <AssumeRoleWithWebIdentityResult>
 *	&Version=2011-06-15                          <Credentials>
 *	&RoleArn=…                                     <AccessKeyId>ASIA…</AccessKeyId>
 *	&RoleSessionName=…                             <SecretAccessKey>…</SecretAccessKey>
 *	&WebIdentityToken=…                            <SessionToken>…</SessionToken>
 *	                                               <Expiration>2026-11-18T12:06:40Z</Expiration>
 *	<ErrorResponse xmlns="…">                    </Credentials>
 *	  <Error>                                    …
 *	    <Code>ExpiredTokenException</Code>
 *	    …
 *
 * The request is not signed; the token is its proof. Answers are read as XML, because that is the
 *only form that AWS describes for this protocol.
 *
 * AWS: "AssumeRoleWithWebIdentity", STS API reference; "AWS query protocol", Smithy.
 */
#ifndef STS_H
#define STS_H

#include "aws/sigv4.h"
#include "base/buf.h"

/* The parts of an answer; those that it does not have are empty. All of it is borrowed from `text`.
 */
struct sts_answer {
	struct aws_keys keys;
	struct slice expiration;
	struct slice error; /* letters, digits and dots */
};

/* Append the body of the request, application/x-www-form-urlencoded, to `body`. */
void sts_write_request(struct buf *body, const char *role_arn, const char *session_name,
		       struct slice token);

/*
 * Read an answer of any status.
 *
 * xml:  the body of the answer; a document type is refused, so there are no entities to expand.
 * text: empty, with a maximum of at least xml.len; receives the parts. All its memory is
 *       allocated first: a buffer that grows would leave copies of secrets behind.
 * Returns 0; ERR_INVALID when it is not XML, or has a part twice; ERR_NO_MEMORY.
 */
int sts_read_answer(struct slice xml, struct buf *text, struct sts_answer *ret_answer)
	__attribute__((warn_unused_result));

#endif
