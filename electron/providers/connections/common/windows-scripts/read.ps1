# path, limit -> size, content. A file larger than the limit is not read.
$real = Resolve-File $p.path
$stream = Open-File $real
try {
    if ($stream.Length -gt $p.limit) {
        Stop-With 'too-large'
    }
    $all = New-Object System.IO.MemoryStream
    $stream.CopyTo($all)
    if ($all.Length -gt $p.limit) {
        Stop-With 'too-large'
    }
    return @{ size = $all.Length; content = $all.ToArray() }
}
finally {
    $stream.Dispose()
}
