import NIOCore

/// `grpc.health.v1.Health/Check`: whether calls are served, for those who watch over processes.
///
/// The question names a service and is not looked at. The answer is one field: 1, it serves; 2, it does not. A server
/// that stops takes no new calls, so nothing says then that it does not serve but that it is not there.
enum HealthCheck {
    /// - Parameter isServing: whether what stands behind the calls can answer them.
    static func rpc(_ isServing: @escaping @Sendable () -> Bool) -> RPC {
        RPC(
            "/grpc.health.v1.Health/Check",
            .unary { _, call in call.answer(ByteBuffer(bytes: [0x08, isServing() ? 1 : 2])) })
    }
}
