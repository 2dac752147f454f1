# One image for the scheduler, the workers and the client of a cluster: this project with its extra [cluster].
FROM python:3.13-slim AS build
COPY pyproject.toml README.md LICENSE /project/
COPY sweep /project/sweep
COPY analysis /project/analysis
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir '/project[cluster]'

FROM python:3.13-slim
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH
RUN useradd --create-home sweeper
USER sweeper
WORKDIR /home/sweeper
CMD ["python", "-m", "sweep.run", "--help"]
