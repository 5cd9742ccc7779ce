// start.js - shows openapi.yaml by Swagger UI. All comes from this origin, which is also where
// "Try it out" sends its requests.
SwaggerUIBundle({
  url: 'openapi.yaml',
  dom_id: '#docs',
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // by default swagger.io's
});
