import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system's random numbers, some at a time: ids are made inside writes, and a call to the kernel for each would be
/// a sixth of what it costs to take in a message.
final class SystemRandom: Sendable {
    /// As many as the kernel gives at once: 256 bytes.
    private static let count = 32

    /// Numbers that no caller has been given, the next one last.
    private let numbers = Mutex<[UInt64]>([])

    func next() -> UInt64 {
        numbers.withLock { numbers in
            if numbers.isEmpty { numbers = Self.fill() }
            return numbers.removeLast()
        }
    }

    private static func fill() -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: count)
        let isFilled = numbers.withUnsafeMutableBytes { bytes in
            #if canImport(Glibc)
                return getentropy(bytes.baseAddress, bytes.count) == 0
            #else
                arc4random_buf(bytes.baseAddress, bytes.count)
                return true
            #endif
        }
        guard !isFilled else { return numbers }
        // A kernel that does not know the call: one by one, as the standard library does.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}
