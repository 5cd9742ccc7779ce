// start.js - shows openapi.yaml with Swagger UI. All files come from this origin; "Try it out" sends
// its requests there, too.
SwaggerUIBundle({
  url: 'openapi.yaml',
  dom_id: '#docs',
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // the default is the one of swagger.io
});
