"""Who may call what? Decided by the role in the caller's certificate, before a service sees anything of the call."""

import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc

from raftstore.transport.security import CertificateRole, Identity, peer_identity

NODE = frozenset({CertificateRole.NODE})
OPERATOR = frozenset({CertificateRole.OPERATOR})
CLIENTS = frozenset({CertificateRole.APPLICATION, CertificateRole.OPERATOR})
EVERYBODY = frozenset(CertificateRole)

# By service; what is not here is nobody's.
SERVICES = {
    "raftstore.v1.Raft": NODE,
    "raftstore.v1.SeatStore": CLIENTS,
    "raftstore.v1.Cluster": OPERATOR,
    "grpc.health.v1.Health": EVERYBODY,
    "grpc.reflection.v1alpha.ServerReflection": OPERATOR,
}
# By method, where one differs from the rest of its service.
METHODS = {"raftstore.v1.Cluster/GetStatus": EVERYBODY}


def may_call(identity: Identity | None, method: str) -> bool:
    """`method` is a gRPC path such as `/raftstore.v1.Cluster/GetStatus`."""
    name = method.removeprefix("/")
    allowed = METHODS.get(name, SERVICES.get(name.rpartition("/")[0], frozenset()))
    return identity is not None and identity.role in allowed


class AccessControl(grpc.aio.ServerInterceptor):
    """Stands before every service of a server that speaks TLS."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler | None:
        handler = await continuation(handler_call_details)
        # None: the server itself says that there is no such method.
        return _guarded(handler, handler_call_details.method) if handler else handler


async def _check(context: grpc.aio.ServicerContext, method: str) -> None:
    identity = peer_identity(context.auth_context())
    if not may_call(identity, method):
        caller = f"a certificate for role {identity.role}" if identity else "this certificate"
        await context.abort(grpc.StatusCode.PERMISSION_DENIED, f"{caller} may not call {method.removeprefix('/')}")


def _guarded(handler: grpc.RpcMethodHandler, method: str) -> grpc.RpcMethodHandler:
    """The same handler, which checks first. The check needs the call's context, which only the handler is given."""
    coders: Any = {
        "request_deserializer": handler.request_deserializer,
        "response_serializer": handler.response_serializer,
    }
    behaviour: Any = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream

    async def guarded(request: Any, context: grpc.aio.ServicerContext) -> Any:
        await _check(context, method)
        return await behaviour(request, context)

    async def guarded_stream(request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Any]:
        await _check(context, method)
        async with contextlib.aclosing(behaviour(request, context)) as replies:
            async for reply in replies:
                yield reply

    # A streaming method may also be written as a coroutine that calls context.write.
    chosen: Any = guarded_stream if inspect.isasyncgenfunction(behaviour) else guarded
    match (handler.request_streaming, handler.response_streaming):
        case (False, False):
            return grpc.unary_unary_rpc_method_handler(chosen, **coders)
        case (False, True):
            return grpc.unary_stream_rpc_method_handler(chosen, **coders)
        case (True, False):
            return grpc.stream_unary_rpc_method_handler(chosen, **coders)
        case _:
            return grpc.stream_stream_rpc_method_handler(chosen, **coders)
