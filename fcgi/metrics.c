/* metrics.c - GET /metrics: the sum of what all workers have counted, for Prometheus. */
#include "programs.h"
#include "run/exposition.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	static const struct exposition_program programs[] = {PROGRAMS{0}};
	const struct exposition exposition = {
		.folder = ctx->config.metrics_dir,
		.pools = ctx->config.pools_file,
		.refused = *ctx->config.refused_file ? ctx->config.refused_file : NULL,
		.connections = req_env(req, "NGINX_CONNECTIONS"),
		.version = route_version(),
		.edge = req_env(req, "NGINX_EDGE") != NULL,
		.programs = programs,
	};

	if (!exposition.folder)
		return ERR_NOT_FOUND;
	resp->content_type = EXPOSITION_TYPE;
	return exposition_write(&exposition, &resp->body);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/metrics", AUTH_NONE, CACHE_NONE, show},
		{0},
	};

	return route_main(routes, 0);
}
