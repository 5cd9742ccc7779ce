/* trivial.c - a minimal FastCGI program, the reference for the routes in make bench. */
#include <fcgiapp.h>

int main(void)
{
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0)
		FCGX_PutS("Content-Type: application/json\r\n\r\n{\"success\":true}", request.out);
	return 0;
}
