# from, to, random -> nothing. Content, named streams, time, attributes, owner and access control list.
$from = Resolve-File $p.from
$global:about = $p.to
$to = [System.IO.Path]::GetFullPath($p.to)
$old = Get-Attribute $to
if ($null -ne $old -and ($old -band 0x410) -eq 0x10) {
    Stop-With 'is-directory'
}
if (-not [System.IO.Directory]::Exists([System.IO.Path]::GetDirectoryName($to))) {
    Stop-With 'missing'
}
$new = New-Beside $to $p.random
try {
    [System.IO.File]::Copy($from, $new, $true)
    [System.IO.File]::SetAttributes($new, 'Normal')
    $stream = [System.IO.File]::Open($new, 'Open', 'ReadWrite', 'None')
    try {
        $stream.Flush($true)
    }
    finally {
        $stream.Dispose()
    }
    if ((Get-Sum $new) -ne (Get-Sum $from)) {
        Stop-With 'damaged'
    }
    [System.IO.File]::SetLastWriteTimeUtc($new, [System.IO.File]::GetLastWriteTimeUtc($from))
    Set-KeptRight $new (Get-Right $from)
    Move-Over $new $to
    Set-KeptAttribute $to (Get-Attribute $from)
}
finally {
    [System.IO.File]::Delete($new)
}
return @{ copied = $true }
