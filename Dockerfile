# The services of Chainlight, without the servers they talk to: docker-compose.yml gives their addresses.
# Never built on the machines the project is built on, which have no Docker.
FROM node:20-slim

WORKDIR /app
RUN mkdir /data && chown node:node /app /data
USER node

COPY --chown=node:node . .
# Any first command installs the dependencies (npm ci) and notes that they are in place; the container then starts without the network.
RUN npm run --silent cli -- --help && npm run --silent console

CMD ["npm", "start"]
