/*
 * page_head.c - GET /@{handle}, GET /@{handle}/status/{uuid}: a page of the front end with a head
 * for link previews and search engines. Where this fails, nginx sends index.html as it is.
 */
#include "domain/preview.h"
#include "web/route.h"

/* Returns 0; ERR_INTERNAL when nginx does not say where the pages are. */
static int site_of(const struct req *req, struct preview_site *ret_site)
{
	struct preview_site site = {req_env(req, "FRONTEND_ORIGIN"), req_env(req, "DOCUMENT_ROOT")};

	if (!site.origin || !site.folder)
		return ERR_INTERNAL;
	*ret_site = site;
	return 0;
}

static int person(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct preview_site site;
	int r;

	r = site_of(req, &site);
	if (r < 0)
		return r;
	return preview_person(ctx->db, req_param(req, "handle"), &site, resp);
}

/* The uuid alone names the crud, as in the front end, which corrects the handle in the address. */
static int crud(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct preview_site site;
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;
	r = site_of(req, &site);
	if (r < 0)
		return r;
	return preview_crud(ctx->db, uuid, &site, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/@{handle}", AUTH_NONE, CACHE_PAGE, person},
		{"GET", "/@{handle}/status/{uuid}", AUTH_NONE, CACHE_PAGE, crud},
		{0},
	};

	return route_main(routes, NEEDS_DB);
}
