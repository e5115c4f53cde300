import NIOCore

/// `grpc.health.v1.Health/Check`: whether calls are served, for those who watch over processes.
///
/// The question names a service and is not looked at. The answer is one field: 1, serving. A server that stops takes no
/// new calls, so nothing says that it does not serve but that it is not there.
enum HealthCheck {
    static let rpc = RPC(
        "/grpc.health.v1.Health/Check",
        .unary { _, call in call.answer(ByteBuffer(bytes: [0x08, 0x01])) })
}
